#!/usr/bin/env python3
"""What a verdict of BFCL costs beside bfcl-eval's own, decoding and checking of 21,846 real outputs, rows in memory, one thread.

    BENCHMARKS=1 swift build -c release --static-swift-stdlib --scratch-path .build-bench --product BFCLLoop
    python3 Tests/Benchmark/bfcl_speed.py --bfcl FOLDER [--outputs ../shared/data/bfcl/real-outputs-v3.jsonl.gz]

FOLDER holds bfcl-eval 2025.7.9, unpacked; its imports (tenacity, overrides, tqdm, tree-sitter as the conformance run has them) must be there.
Java and JavaScript that a model wrote as text come decoded to both. In turn the official code runs once and ours for two seconds: the best of
those is what is compared, round by round.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Conformance", "Scripts"))
from bfcl_differential import Official  # noqa: E402
from bfcl_outputs import row_of  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bfcl", required=True)
    parser.add_argument("--outputs", default="../shared/data/bfcl/real-outputs-v3.jsonl.gz")
    parser.add_argument("--loop", default=".build-bench/release/BFCLLoop")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    official = Official(options.bfcl)
    with gzip.open(options.outputs, "rt") as file:
        rows = [row_of(json.loads(line)) for line in file]
    questions = {}
    for category in {row["category"] for row in rows}:
        name = f"BFCL_v3_{category}.json"
        answers = os.path.join(official.data, "possible_answer", name)
        truths = {}
        if os.path.exists(answers):
            with open(answers) as file:
                truths = {answer["id"]: answer["ground_truth"] for answer in map(json.loads, file)}
        language = category if category in ("java", "javascript") else "python"
        with open(os.path.join(official.data, name)) as file:
            for sample in map(json.loads, file):
                questions[category, sample["id"]] = SimpleNamespace(
                    functions=sample["function"], truth=truths.get(sample["id"]), category=category, language=language)
    pairs = []
    for row in rows:
        prediction = SimpleNamespace(
            model="underscores" if row["underscore_to_dot"] else "dots", decoder=row.get("decoder"), raw=row.get("raw"),
            decoded=row.get("decoded"))
        pairs.append((questions[row["category"], row["id"]], prediction))

    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
        file.flush()
        for _ in range(options.rounds):
            start = time.process_time()
            right = sum(official.verdict(question, prediction)[0] for question, prediction in pairs)
            theirs = (time.process_time() - start) / len(pairs) * 1e9
            line = subprocess.run([options.loop, official.data, file.name, "2"], check=True, capture_output=True, text=True).stdout
            count, _, own_right, _, ours = line.split()[:5]
            assert (int(count), int(own_right)) == (len(pairs), right), f"{line.strip()}, official {right} right"
            print(f"official {theirs:.0f} ns a row, ours {ours} ns: {theirs / int(ours):.1f} x", flush=True)


if __name__ == "__main__":
    main()
