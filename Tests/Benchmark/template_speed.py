"""What rendering a chat template costs beside Python's jinja2, both with the template compiled, in one run.

    template_speed.py TEMPLATELOOP FOLDER [--seconds 0.02] [--bar 10]

FOLDER has templates/ and contexts/. Python renders dictionaries that are in memory, the engine values that are in memory; each time is the
least of many. Contexts that a template refuses are left out.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../Conformance/Scripts"))
import hugging_face_jinja


def least(function, budget):
    best, spent, rounds = math.inf, 0.0, 0
    while spent < budget or rounds < 30:
        start = time.perf_counter()
        for _ in range(10):
            function()
        taken = time.perf_counter() - start
        best, spent, rounds = min(best, taken / 10), spent + taken, rounds + 1
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loop")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=0.02)
    parser.add_argument("--bar", type=float, default=10)
    options = parser.parse_args()
    made = hugging_face_jinja.environment(datetime.datetime(2026, 11, 21))
    contexts = {path.stem: json.loads(path.read_text()) for path in sorted((options.folder / "contexts").glob("*.json"))}
    cases, python = [], []
    for path in sorted((options.folder / "templates").rglob("*.jinja")):
        source = path.read_text()
        for name, context in contexts.items():
            try:
                compiled = made.from_string(source)
                compiled.render(**context)
            except Exception:
                continue
            python.append(least(lambda: compiled.render(**context), options.seconds))
            cases.append((f"{name}/{path.name}", {"template": source, "context": context, "now": "2026-11-21T00:00:00"}))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for _, case in cases:
            file.write(json.dumps(case) + "\n")
        file.flush()
        run = subprocess.run([options.loop, "--time", str(options.seconds), file.name], capture_output=True, check=True)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    ratios = sorted((theirs / ours["seconds"], name, theirs, ours["seconds"]) for theirs, ours, (name, _) in zip(python, rows, cases) if "seconds" in ours)
    mean = math.exp(sum(math.log(r[0]) for r in ratios) / len(ratios))
    total = sum(r[2] for r in ratios) / sum(r[3] for r in ratios)
    unread = sum(r[2] for r in ratios) / sum(ours["from_json"] for ours in rows if "seconds" in ours)
    below = sum(r[0] < options.bar for r in ratios)
    print(f"{len(ratios)} of {len(cases)} renderings; ratio to Python: geometric mean {mean:.1f}, of the sums {total:.1f} ({unread:.1f} with values read from JSON each time), least {ratios[0][0]:.1f}, median {ratios[len(ratios) // 2][0]:.1f}, most {ratios[-1][0]:.1f}; {below} below {options.bar:g}")
    for ratio, name, theirs, ours in ratios[:8]:
        print(f"  {ratio:5.1f}  {name}: {theirs * 1e6:.1f} µs, {ours * 1e6:.1f} µs")
    return 1 if total < options.bar or mean < options.bar else 0


if __name__ == "__main__":
    sys.exit(main())
