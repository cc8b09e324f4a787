#!/usr/bin/env python3
"""Binary against partial rewards, and SFT / RL / SFT-then-RL, with the built-in policy: the table of Docs/TrainingExperiment.md.

usage: training_experiment.py TOOLREWARD [--seeds N] [--first SEED] [--jobs N]
Trains on the tasks that come with the command, chooses the best checkpoint by its validation tasks, and tells exact match on its held-out ones, by which nothing
is chosen. Exact match is always tool-n1's, whatever the reward. Intervals are Student's t of 95 % over seeds; differences are paired by seed.
"""
import concurrent.futures, json, math, os, statistics, subprocess, sys, tempfile, time

CELLS = [  # name, options, what it is
    ("RL, binary", ["--recipe", "rl", "--reward", "tool-n1"]),
    ("RL, partial for reasoning (v3)", ["--recipe", "rl", "--reward", "tool-n1-v3"]),
    ("RL, partial for reasoning and names (v4)", ["--recipe", "rl", "--reward", "tool-n1-v4"]),
    ("SFT", ["--recipe", "sft", "--sft-steps", "100"]),
    ("SFT, 10 steps", ["--recipe", "sft", "--sft-steps", "10"]),
    ("SFT 10 steps, then RL, binary", ["--recipe", "sft-then-rl", "--sft-steps", "10", "--reward", "tool-n1"]),
    ("No-Reason SFT", ["--recipe", "no-reason-sft", "--sft-steps", "100"]),
]
T = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201}  # quantiles of 0.975 by degrees of freedom

command = sys.argv[1]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
first, jobs = option("--first", 1), option("--jobs", os.cpu_count() or 1)
seeds = range(first, first + option("--seeds", 5))


def train(work, cell, seed):
    name, options = CELLS[cell]
    folder = os.path.join(work, f"{cell}-{seed}")
    begun = time.monotonic()
    done = subprocess.run([command, "train", "-o", folder, "--no-dashboard", "--seed", str(seed), "--checkpoint-every", "1000", *options], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f"{name}, seed {seed}: {done.stderr}")
    lines = [json.loads(line) for line in open(f"{folder}/metrics.jsonl")]
    reached = next((line["evaluation"] for line in lines if "evaluation" in line and line["exact_match"] > 0.9), None)
    before, after = [line for line in lines if "held_out" in line]
    print(f"{name}, seed {seed}: {before['exact_match']:.3f} to {after['exact_match']:.3f}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return {"first": before["exact_match"], "last": after["exact_match"], "calls": after["calls"], "format": after["format"], "reached": reached,
            "known": after["exact_match_of_known"], "new": after["exact_match_of_new"], "count": after["completions"]}


def interval(values):
    mean = statistics.mean(values)
    reach = T.get(len(values) - 1, 2.0) * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{mean:.3f} ± {reach:.3f}"


with tempfile.TemporaryDirectory() as work:
    pairs = [(cell, seed) for cell in range(len(CELLS)) for seed in seeds]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = dict(zip(pairs, pool.map(lambda pair: train(work, *pair), pairs)))

of = lambda cell, key: [results[cell, seed][key] for seed in seeds]
print(f"Seeds {seeds[0]} to {seeds[-1]}, {of(0, 'count')[0]} held-out tasks, the checkpoint that is best on validation tasks; mean ± 95 % interval over seeds.\n")
print("| run | exact match before | exact match after | least of the seeds | worded as in training | worded anew | calls right after | format right after | step at which validation passed 0.9 |")
print("|---|---|---|---|---|---|---|---|---|")
for cell, (name, _) in enumerate(CELLS):
    reached = [step for step in of(cell, "reached") if step is not None]
    when = f"{statistics.median(reached):.0f} (in {len(reached)} of {len(seeds)})" if reached else "never"
    columns = [interval(of(cell, key)) for key in ("known", "new", "calls", "format")]
    print(f"| {name} | {interval(of(cell, 'first'))} | {interval(of(cell, 'last'))} | {min(of(cell, 'last')):.3f} | {' | '.join(columns)} | {when} |")
print("\n| difference in exact match, paired by seed | mean ± 95 % interval |")
print("|---|---|")
for left, right in ((1, 0), (2, 0), (5, 0), (5, 4), (0, 3)):
    print(f"| {CELLS[left][0]} − {CELLS[right][0]} | {interval([a - b for a, b in zip(of(left, 'last'), of(right, 'last'))])} |")
