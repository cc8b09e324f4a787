#!/usr/bin/env python3
"""`toolreward evaluate bfcl` gives the published verdicts on 21,846 real outputs of six models, and the published tables.

    python3 Tests/Conformance/Scripts/bfcl_outputs.py --command .build/release/toolreward --data BFCL_V3_DATA
        [--outputs ../shared/data/bfcl/real-outputs-v3.jsonl.gz] [--tables ../shared/data/bfcl] [--keep FOLDER]

BFCL_V3_DATA is the folder bfcl_eval/data of bfcl-eval 2025.7.9. The outputs are lines {model, category, id, dot, raw, decoded, pub_valid,
pub_error_type}; each goes to the command as its model wrote it, through the decoder that its model is registered with. Only Java and JavaScript
that a model wrote as text go as what the official parser made of it (`decoded`; null where it failed). The tables are data_live.csv and
data_non_live.csv of the leaderboard.

Compared are verdict and error type of every row and each cell of the tables, to their two decimals. Fails on a difference.
"""
import argparse
import csv
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

# The model's name in the outputs: in the tables, and its decoder.
MODELS = {
    "Qwen_Qwen3-8B": ("Qwen3-8B (Prompt)", "prompt"),
    "Qwen_Qwen3-8B-FC": ("Qwen3-8B (FC)", "hermes"),
    "Salesforce_Llama-xLAM-2-8b-fc-r": ("xLAM-2-8b-fc-r (FC)", "xlam"),
    "Team-ACE_ToolACE-2-8B": ("ToolACE-2-8B (FC)", "prompt"),
    "meta-llama_Llama-3.1-8B-Instruct": ("Llama-3.1-8B-Instruct (Prompt)", "prompt"),
    "mistralai_Ministral-8B-Instruct-2410": ("Ministral-8B-Instruct-2410 (FC)", "list"),
}
SIMPLE = ["simple", "java", "javascript"]
AST = ["multiple", "parallel", "parallel_multiple"]
LIVE = ["live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"]


def mean(numbers):
    return sum(numbers) / len(numbers)


class Scores:
    """How many of each category are right."""

    def __init__(self):
        self.right, self.all = Counter(), Counter()

    def __getitem__(self, category):
        return self.right[category] / self.all[category]

    def weighted(self, categories):
        return sum(self.right[category] for category in categories) / sum(self.all[category] for category in categories)

    def cells(self):
        """The columns of the tables, file by file."""
        simple = mean([self[category] for category in SIMPLE])
        rest = [self[category] for category in AST]
        return {
            "data_non_live.csv": {
                "Non_Live Overall Acc": mean([simple, *rest, self["irrelevance"]]), "AST Summary": mean([simple, *rest]), "Simple AST": simple,
                "Python Simple AST": self["simple"], "Java Simple AST": self["java"], "JavaScript Simple AST": self["javascript"],
                "Multiple AST": rest[0], "Parallel AST": rest[1], "Parallel Multiple AST": rest[2], "Irrelevance Detection": self["irrelevance"],
            },
            "data_live.csv": {
                "Live Overall Acc": self.weighted(LIVE + ["live_irrelevance", "live_relevance"]), "AST Summary": self.weighted(LIVE),
                "Python Simple AST": self["live_simple"], "Python Multiple AST": self["live_multiple"],
                "Python Parallel AST": self["live_parallel"], "Python Parallel Multiple AST": self["live_parallel_multiple"],
                "Irrelevance Detection": self["live_irrelevance"], "Relevance Detection": self["live_relevance"],
            },
        }


def row_of(output):
    row = {"id": output["id"], "category": output["category"], "model": output["model"], "underscore_to_dot": output["dot"]}
    decoder = MODELS[output["model"]][1]
    if decoder == "prompt" and "java" in output["category"]:
        return {**row, "decoded": output["decoded"]}
    return {**row, "raw": output["raw"], "decoder": decoder}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default=".build/release/toolreward")
    parser.add_argument("--data", required=True)
    parser.add_argument("--outputs", default="../shared/data/bfcl/real-outputs-v3.jsonl.gz")
    parser.add_argument("--tables", default="../shared/data/bfcl")
    parser.add_argument("--keep", help="a folder in which the rows and the verdicts stay")
    options = parser.parse_args()
    with gzip.open(options.outputs, "rt", encoding="utf-8") as file:
        outputs = [json.loads(line) for line in file]
    folder = options.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    into, out = os.path.join(folder, "in.jsonl"), os.path.join(folder, "out.jsonl")
    rows = [row_of(output) for output in outputs]
    with open(into, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    spent = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    start = spent()
    subprocess.run(
        [options.command, "evaluate", "bfcl", "--data", options.data, "--verdicts", out, "--mode", "official", into],
        check=True, stdout=subprocess.DEVNULL)
    seconds = spent() - start
    with open(out, encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    assert len(answers) == len(outputs), f"{len(answers)} verdicts for {len(outputs)} rows"

    scores = defaultdict(Scores)
    wrong = Counter()
    for output, row, answer in zip(outputs, rows, answers):
        assert (answer["id"], answer["category"]) == (output["id"], output["category"]), (answer, output["id"])
        scores[output["model"]].all[output["category"]] += 1
        scores[output["model"]].right[output["category"]] += answer["valid"] is True
        if (answer["valid"], answer.get("error_type")) != (output["pub_valid"], output["pub_error_type"]):
            wrong[output["model"], output["category"]] += 1
            if wrong[output["model"], output["category"]] <= 10:
                print(f"{output['model']} {output['category']} {output['id']} {row.get('decoder', 'decoded')}\n"
                      f"  {str(row.get('raw', row.get('decoded')))[:400]!r}\n  published {(output['pub_valid'], output['pub_error_type'])}"
                      f"\n  ours      {(answer['valid'], answer.get('error_type'))}")
    cells = differing = 0
    for name in ("data_non_live.csv", "data_live.csv"):
        with open(os.path.join(options.tables, name), newline="") as file:
            published = {row["Model"]: row for row in csv.DictReader(file)}
        for model, (shown, _) in MODELS.items():
            for column, value in scores[model].cells()[name].items():
                cells += 1
                if f"{100 * value:.2f}%" != published[shown][column]:
                    differing += 1
                    print(f"{name} {shown} {column}: published {published[shown][column]}, ours {100 * value:.2f}%")
    if not options.keep:
        shutil.rmtree(folder)
    kinds = Counter(row.get("decoder", "decoded") for row in rows)
    print("rows:", ", ".join(f"{kind} {times}" for kind, times in kinds.most_common()))
    print(f"{len(outputs)} real outputs, {sum(wrong.values())} verdicts or error types differ; {cells} cells of the tables, {differing} differ; "
          f"{seconds:.2f} s of CPU, {len(outputs) / seconds:.0f} outputs a second")
    sys.exit(bool(wrong) or differing > 0)


if __name__ == "__main__":
    main()
