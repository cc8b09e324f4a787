#!/usr/bin/env python3
"""How many of BFCL's gold arguments their own schemas refuse, and whether every definition of a folder of BFCL's data compiles.

usage: gold_arguments.py TOOLREWARD BFCL_DATA [--at-most N]       BFCL_DATA: bfcl_eval/data of PyPI bfcl-eval
A gold argument lists its accepted values; it passes if one of them is valid. "" says that it may be left out, and is not looked at. Java and JavaScript
values are source text and are left aside; of gold objects, whose members are lists of accepted values in their turn, nothing is asked.
Prints each refused argument by its id.
"""
import glob, json, os, subprocess, sys, tempfile

command, folder = sys.argv[1:3]
most = int(sys.argv[sys.argv.index("--at-most") + 1]) if "--at-most" in sys.argv else 34
CATEGORIES = ["simple_python", "multiple", "parallel", "parallel_multiple", "live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"]


def rows(path):
    return [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]


def canonical(definitions):
    """The canonical schemas of a list of definitions, by the command; fails if one cannot be used."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(definitions, file)
        file.flush()
        run = subprocess.run([command, "tools", file.name], capture_output=True, text=True)
    broken = [line for line in run.stderr.splitlines() if "cannot be used" in line]
    if run.returncode not in (0, 1) or broken:
        sys.exit("\n".join(broken) or run.stderr)
    return [json.loads(line)["parameters"] for line in run.stdout.splitlines()]


every = []
for path in sorted(glob.glob(os.path.join(folder, "*.json")) + glob.glob(os.path.join(folder, "multi_turn_func_doc", "*.json"))):
    if path.endswith("format_sensitivity.json"):  # Lists of ids, no definitions.
        continue
    for row in rows(path):
        every += row.get("function", []) if "id" in row else [row]
print(f"{len(canonical(every))} of {len(every)} definitions compile")

bowtie = subprocess.Popen([command, "bowtie"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(message):
    bowtie.stdin.write(json.dumps(message) + "\n")
    bowtie.stdin.flush()
    return json.loads(bowtie.stdout.readline())


ask({"cmd": "start", "version": 1})
samples, functions = [], []
for category in CATEGORIES:
    answers = {row["id"]: row["ground_truth"] for row in rows(os.path.join(folder, "possible_answer", f"BFCL_v4_{category}.json"))}
    for question in rows(os.path.join(folder, f"BFCL_v4_{category}.json")):
        if question["id"] in answers:
            samples.append((question["id"], [f["name"] for f in question["function"]], answers[question["id"]]))
            functions += question["function"]
schemas = iter(canonical(functions))
checked, undeclared, refused = 0, 0, []
for key, names, gold in samples:
    tools = {name: next(schemas) for name in names}
    for call in gold:
        for name, arguments in call.items():
            for argument, accepted in arguments.items():
                declared = tools[name]["properties"].get(argument)
                if declared is None:
                    undeclared += 1
                    continue
                if any(isinstance(v, dict) or isinstance(v, list) and any(isinstance(x, dict) for x in v) for v in accepted):
                    continue
                values = [v for v in accepted if v != ""]
                if not values:
                    continue
                checked += 1
                results = ask({"cmd": "run", "seq": 1, "case": {"description": "", "schema": declared, "tests": [{"instance": v} for v in values]}})["results"]
                if not any(result["valid"] for result in results):
                    refused.append(f"{key} {name} {argument} {json.dumps(accepted)}")
for line in refused:
    print(line)
print(f"{len(refused)} of {checked} gold arguments refused (bar {most}); {undeclared} not declared")
sys.exit(len(refused) > most)
