#!/usr/bin/env python3
"""CPU time of `toolreward score` against the Python pipeline that users have today, in the same run.

usage: batch_speed.py TOOLREWARD REFERENCE.py BATCH.jsonl [--at-most RATIO] [--runs N]
REFERENCE.py prints one {"id", "score"} a line. The scores must be equal; the best of N runs of each counts.
"""
import json, os, resource, subprocess, sys, tempfile

command, reference, batch = sys.argv[1:4]
option = lambda name, default: type(default)(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
bar, runs = option("--at-most", 1 / 12), option("--runs", 5)


def seconds(arguments, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(out, "wb") as f:
        subprocess.run(arguments, stdout=f, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as folder:
    mine, theirs = os.path.join(folder, "mine"), os.path.join(folder, "theirs")
    ours, python = [], []
    for _ in range(runs):
        ours.append(seconds([command, "score", "--jobs", "1", batch], mine))
        python.append(seconds([sys.executable, reference, batch], theirs))
    scores = lambda path: [(r["id"], r["score"]) for r in map(json.loads, open(path))]
    equal = scores(mine) == scores(theirs)
ratio = min(ours) / min(python)
print(f"{os.path.basename(batch)}: toolreward {min(ours):.3f} s, Python {min(python):.3f} s, ratio 1/{1 / ratio:.1f} (bar 1/{1 / bar:.1f}), "
      f"scores {'equal' if equal else 'DIFFER'}")
sys.exit(not equal or ratio > bar)
