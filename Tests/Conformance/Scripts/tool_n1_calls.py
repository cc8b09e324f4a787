#!/usr/bin/env python3
"""Generated texts of Python calls: `toolreward import --compat tool-n1` gives the calls that the published parser gives.

  tool_n1_calls.py TOOLREWARD TOOL_UTILS.py [--seed N] [--count N]

TOOL_UTILS.py is verl/utils/tool_utils.py of NVlabs/Tool-N1. A text for which its json.dumps raises (a set, a complex number, ...) is passed over.
"""
import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("command")
parser.add_argument("tool_utils")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--count", type=int, default=20000)
options = parser.parse_args()
spec = importlib.util.spec_from_file_location("tool_utils", options.tool_utils)
official = importlib.util.module_from_spec(spec)
spec.loader.exec_module(official)
random.seed(options.seed)

PIECES = ["A", "Get X", "f.g", "a|b?", "/p", "(", ")", "[", "]", "{", "}", ",", "=", '"', "'", "\\", " ", "\n", "1", "2.5", "-3", "True", "true", "None", "null", "key=", '"str"', "é", "\u3000", "\t", "\u2028"]
PLAIN = ["1", "-2", "3.5", "1e5", "True", "False", "None", "true", "null", '"a"', "'b'", '"a, b"', '"(x)"', '"q\\"z"', "2024-01-05", "foo", '"é"', '""', '"a=b"', "1 - 2", "0x10", '"a" "b"', "1e999"]


def value(depth=0):
    kind = random.random()
    if kind < 0.2 and depth < 3:
        return "[" + ", ".join(value(depth + 1) for _ in range(random.randint(0, 3))) + "]"
    if kind < 0.35 and depth < 3:
        return "{" + ", ".join(random.choice(['"k"', "'j'", "1"]) + ": " + value(depth + 1) for _ in range(random.randint(0, 3))) + "}"
    return random.choice(PLAIN)


def text():
    if random.random() < 0.5:
        return "[" + "".join(random.choice(PIECES) for _ in range(random.randint(0, 14))) + "]"
    calls = []
    for _ in range(random.randint(1, 3)):
        arguments = ", ".join(random.choice(["a", "b", "c d"]) + random.choice(["=", " = "]) + value() for _ in range(random.randint(0, 3)))
        calls.append(random.choice(["f", "Get X", "a.b", "x/y", "t-1"]) + "(" + arguments + ")")
    made = "[" + ", ".join(calls) + "]"
    if random.random() < 0.3:
        place = random.randrange(1, len(made) - 1)
        made = made[:place] + random.choice(PIECES) + made[place + 1 :]
    return made


texts, expected = [], []
while len(texts) < options.count:
    made = text()
    # A key True, False or 1.0 of a dictionary is spelt as the number that it equals.
    if any(key in made for key in ("True:", "False:", "2.5:")):
        continue
    try:
        calls = official._parse_function_string(made)
        if not (calls and official._validate_function_format(made)):
            calls = None
        expected.append(None if calls is None else json.loads(json.dumps([{"name": n, "arguments": a} for n, a in calls])))
        texts.append(made)
    except TypeError:
        continue
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    for made in texts:
        turns = [{"from": "human", "value": "q"}, {"from": "gpt", "value": made}]
        file.write(json.dumps({"system": "Here is a list of functions in JSON format that you can invoke:\n[].", "conversations": turns}) + "\n")
    file.flush()
    output = subprocess.run([options.command, "import", "--compat", "tool-n1", "-q", file.name], capture_output=True).stdout
differ = 0
for made, right, line in zip(texts, expected, output.splitlines()):
    ours = json.loads(line)["messages"][-1].get("tool_calls")
    if json.dumps(ours) != json.dumps(right):
        differ += 1
        if differ <= 5:
            print(repr(made), "\n  published", right, "\n  ours     ", ours)
print(f"{len(texts)} texts, {sum(e is not None for e in expected)} with calls, {differ} differ")
sys.exit(1 if differ else 0)
