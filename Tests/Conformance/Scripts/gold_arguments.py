#!/usr/bin/env python3
"""How many of BFCL's gold arguments their own schemas refuse, once the front end has read the schemas.

usage: gold_arguments.py definitions BFCL_DATA > definitions.jsonl      one definition a line, python and live categories
       gold_arguments.py check BFCL_DATA canonical.jsonl [--at-most N]  canonical.jsonl: {"parameters": …} a line, in the same order
Between the two: TOOLREWARD_DEFINITIONS=definitions.jsonl swift test --filter definitionsOfAFile. Needs PyPI jsonschema-rs.
A gold argument lists its accepted values; it passes if one of them is valid. "" says that it may be left out, and is not looked at. Java and JavaScript values are
source text and are left aside.
"""
import json, os, sys

CATEGORIES = ["simple_python", "multiple", "parallel", "parallel_multiple"]
CATEGORIES += ["live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"]


def rows(path):
    return {row["id"]: row for row in map(json.loads, open(path, encoding="utf-8"))}


def samples(folder):
    for category in CATEGORIES:
        questions = rows(os.path.join(folder, f"BFCL_v4_{category}.json"))
        for key, answer in rows(os.path.join(folder, "possible_answer", f"BFCL_v4_{category}.json")).items():
            yield key, questions[key]["function"], answer["ground_truth"]


mode, folder = sys.argv[1:3]
if mode == "definitions":
    for _, functions, _ in samples(folder):
        for function in functions:
            print(json.dumps(function))
    sys.exit()

import jsonschema_rs

schemas = (json.loads(line)["parameters"] for line in open(sys.argv[3], encoding="utf-8"))
most = int(sys.argv[sys.argv.index("--at-most") + 1]) if "--at-most" in sys.argv else None
checked, undeclared, invalid, refused = 0, 0, 0, []
for key, functions, gold in samples(folder):
    tools = {}
    for function in functions:
        schema = next(schemas)
        tools[function["name"]] = schema
        if not jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}):
            invalid += 1
            print("not a schema:", key, function["name"])
    for call in gold:
        for name, arguments in call.items():
            for argument, accepted in arguments.items():
                declared = tools[name]["properties"].get(argument)
                if declared is None:
                    undeclared += 1
                    continue
                # Gold objects hold lists of accepted members in their turn: only their being objects is looked at.
                if any(isinstance(value, dict) or isinstance(value, list) and any(isinstance(x, dict) for x in value) for value in accepted):
                    continue
                values = [value for value in accepted if value != ""]
                if not values:
                    continue
                checked += 1
                validator = jsonschema_rs.Draft202012Validator(declared)
                if not any(validator.is_valid(value) for value in values):
                    refused.append(f"{key} {name} {argument} {json.dumps(accepted)} {json.dumps({k: v for k, v in declared.items() if k != 'description'})}")
for line in refused:
    print(line)
print(f"{len(refused)} of {checked} gold arguments refused; {undeclared} not declared; {invalid} schemas are none")
sys.exit(2 if invalid or (most is not None and len(refused) > most) else 0)
