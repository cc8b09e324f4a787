#!/usr/bin/env python3
"""Validation of parsed values beside PyPI jsonschema-rs, in the same run.

usage: schema_speed.py SCHEMALOOP CASES.json [--at-least RATIO]      SCHEMALOOP: built with BENCHMARKS=1; CASES: [{"schema", "valid", "invalid"}]
Prints nanoseconds a value and ratios; fails if a ratio is below the bar, or if explaining costs more than four times asking.
"""
import json, re, subprocess, sys, time
import jsonschema_rs

loop, path = sys.argv[1:3]
bar = float(sys.argv[sys.argv.index("--at-least") + 1]) if "--at-least" in sys.argv else 1.5
cases = json.load(open(path))
validators = [jsonschema_rs.validator_for(case["schema"]) for case in cases]


def theirs(key):
    best = None
    for _ in range(7):
        start = time.process_time()
        for _ in range(2000):
            for validator, case in zip(validators, cases):
                validator.is_valid(case[key])
        used = (time.process_time() - start) / 2000 / len(cases) * 1e9
        best = used if best is None else min(best, used)
    return best


def ours():
    out = subprocess.run([loop, path], capture_output=True, text=True, check=True).stdout
    return {name: int(number) for name, number in re.findall(r"(.*): (\d+) ns", out)}


rounds = [(ours(), theirs("valid"), theirs("invalid")) for _ in range(2)]
best = {name: min(r[0][name] for r in rounds) for name in rounds[0][0]}
failed = False
for name, index in (("valid", 1), ("invalid", 2)):
    mine, other = best[f"isValid, {name}"], min(r[index] for r in rounds)
    explain = best[f"explain, {name}"]
    failed = failed or other / mine < bar or explain / mine > 4
    print(f"{name}: isValid {mine} ns, jsonschema-rs {other:.0f} ns, {other / mine:.2f} × (bar {bar}); explain {explain} ns, {explain / mine:.2f} × isValid (bar 4)")
sys.exit(failed)
