#!/usr/bin/env python3
"""What a sample costs from Python: score_batch with one thread and with two beside a reward function in Python, in the same run.

usage: python_batch.py  (with toolreward installed, or PYTHONPATH and TOOLREWARD_LIBRARY set)
1,024 completions of about 1 KB, a ground truth each, by tool-n1. Rounds are interleaved; in each a function runs again and again, of which
the best counts. Beside it the median, and that of each first run, whose data the others have driven out of the caches.
"""
import json
import re
import statistics
import sys
import time
from collections import Counter

import toolreward

COUNT, ROUNDS, REPETITIONS = 1024, 21, 6


def python_reward(completion, ground_truth):
    """The reward of Tool-N1, as a trainer writes it in Python."""
    blocks = re.findall(r"<tool_call>(.*?)</tool_call>", completion, re.S)
    if not blocks or "<think>" not in completion or "</think>" not in completion:
        return 0.0
    try:
        calls, expected = json.loads(blocks[-1].strip()), json.loads(ground_truth)
    except ValueError:
        return 0.0
    key = lambda calls: Counter((call["name"], json.dumps(call["arguments"], sort_keys=True)) for call in calls)
    try:
        return float(key(calls) == key(expected))
    except (KeyError, TypeError):
        return 0.0


def sample(index):
    calls = [{"name": "search_flights", "arguments": {"from": f"city {index}", "to": "Paris", "passengers": index % 9, "flexible": True,
              "dates": ["2026-03-01", "2026-03-08"]}}, {"name": "get_weather", "arguments": {"city": "Paris", "unit": "celsius"}}]
    wrong = json.loads(json.dumps(calls))
    if index % 2: wrong[0]["arguments"]["to"] = "Rome"
    thought = "The user wants to fly, so the flights come first and then the weather at the destination. " * 7
    return f"<think>{thought}{index}</think>\n<tool_call>\n{json.dumps(wrong)}\n</tool_call>", json.dumps(calls)


completions, truths = map(list, zip(*(sample(index) for index in range(COUNT))))
scorer = toolreward.Scorer()
runs = {
    "python": lambda: [python_reward(completion, truth) for completion, truth in zip(completions, truths)],
    "one thread": lambda: scorer.score_batch(completions, truths, threads=1),
    "two threads": lambda: scorer.score_batch(completions, truths, threads=2),
}
expected = runs["python"]()
repeated, first = {name: [] for name in runs}, {name: [] for name in runs}
for _ in range(ROUNDS):
    for name, run in runs.items():
        for repetition in range(REPETITIONS):
            start = time.perf_counter()
            scores = run()
            taken = time.perf_counter() - start
            (repeated if repetition else first)[name].append(taken / COUNT * 1e9)
            assert scores == expected, name
print(f"{COUNT} completions of {sum(map(len, completions)) // COUNT} bytes; nanoseconds a sample")
ratios = []
for told, times in ("again and again", {name: min(taken) for name, taken in repeated.items()}), (
    "medians of it", {name: statistics.median(taken) for name, taken in repeated.items()}), (
    "after the others", {name: statistics.median(taken) for name, taken in first.items()}):
    ratios.append((times["python"] / times["one thread"], times["one thread"] / times["two threads"]))
    print(f"{told:17}", *(f"{name} {taken:.0f}," for name, taken in times.items()),
          f"one thread {ratios[-1][0]:.1f} x Python, two threads {ratios[-1][1]:.2f} x one")
sys.exit(ratios[0][0] < 10 or ratios[0][1] < 1.7)
