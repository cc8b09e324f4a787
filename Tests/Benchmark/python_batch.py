#!/usr/bin/env python3
"""What a sample costs from Python: score_batch with one thread and with two beside a reward function in Python, in the same run.

Fails if one thread is not 10 x Python, or two not 1.7 x one on a machine whose two processes are.

usage: python_batch.py  (with toolreward installed, or PYTHONPATH and TOOLREWARD_LIBRARY set)
1,024 completions of about 1 KB, a ground truth each, by tool-n1. Rounds are interleaved; in each a function runs again and again, of which
the best counts. Beside it the median, and that of each first run, whose data the others have driven out of the caches. What a second
thread can give at all is told by two processes that score each for itself: where they share a core's units, that is far from twice.
"""
import json
import os
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
def scored_until(end):
    """How many batches this process scores until then."""
    count = 0
    while time.perf_counter() < end:
        runs["one thread"]()
        count += 1
    return count


def two_processes(seconds=0.05):
    """How much more two processes score than one, in the same time."""
    alone = scored_until(time.perf_counter() + seconds)
    end = time.perf_counter() + 0.005 + seconds
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        time.sleep(max(0, end - seconds - time.perf_counter()))
        os.write(writer, scored_until(end).to_bytes(4, "big"))
        os._exit(0)
    time.sleep(max(0, end - seconds - time.perf_counter()))
    own = scored_until(end)
    os.waitpid(child, 0)
    other = int.from_bytes(os.read(reader, 4), "big")
    os.close(reader), os.close(writer)
    return (own + other) / alone


expected, processes = runs["python"](), []
repeated, first = {name: [] for name in runs}, {name: [] for name in runs}
for _ in range(ROUNDS):
    processes.append(two_processes())
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
print(f"two processes score {statistics.median(processes):.2f} x as much as one (median; {min(processes):.2f} to {max(processes):.2f})")
if ratios[0][1] < 1.7 <= statistics.median(processes):
    sys.exit("two threads score less than 1.7 x as much as one, though two processes do")
if ratios[0][1] < 0.9 * statistics.median(processes):
    sys.exit("two threads score less than two processes do")
if ratios[0][0] < 10:
    sys.exit("a sample costs more than a tenth of what it costs in Python")
