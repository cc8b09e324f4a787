#!/usr/bin/env python3
"""Ray Data with toolreward.ray_data.ScoreBatch gives the scores of Scorer.score_batch, in workers of its own, with nulls where it has None.

usage: ray_data_scores.py [--rows N]
Needs ray[data] 2.60 and toolreward on PYTHONPATH, which the workers inherit. Starts Ray on this machine with two CPUs, and stops it.
"""
import argparse, json, logging, math, os, random, sys, time

import ray
import toolreward
from toolreward.ray_data import ScoreBatch

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=20_000)
count = parser.parse_args().rows

rng = random.Random(1)
call = lambda city: {"name": "get_weather", "arguments": {"city": city, "days": rng.randint(1, 2)}}
tools = json.dumps([{"type": "function", "function": {"name": "get_weather", "parameters": {"properties": {"city": {"enum": ["Paris", "Rome"]}}}}}])


def row(place):
    truth = [call(rng.choice(["Paris", "Rome", "Oslo"])) for _ in range(rng.randint(0, 2))]
    said = truth if rng.random() < 0.5 else [call("Rome")]
    blocks = "\n".join(f"<tool_call>\n{json.dumps(one)}\n</tool_call>" for one in said)
    thought = "<think>x</think>\n" if rng.random() < 0.9 else ""
    broken = place % 97 == 0
    return {"place": place, "answer": thought + blocks, "truth": "[{" if broken else json.dumps(truth), "tools": None if place % 5 else tools}


rows = [row(place) for place in range(count)]
options = {"reward": "exact-match", "format": "hermes", "check_tools": True}
expected = toolreward.Scorer(**options).score_batch([r["answer"] for r in rows], [r["truth"] for r in rows], [r["tools"] for r in rows])
columns = expected.components


class Traced(ScoreBatch):
    def __call__(self, batch):
        import pyarrow
        return super().__call__(batch).append_column("process", pyarrow.array([os.getpid()] * len(batch)))


ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
logging.disable(logging.WARNING)
try:
    start = time.monotonic()
    scored = ray.data.from_items(rows, override_num_blocks=16).map_batches(
        Traced, fn_constructor_kwargs={**options, "completion": "answer", "ground_truth": "truth"}, batch_format="pyarrow",
        batch_size=512, num_cpus=0.5,
        compute=ray.data.ActorPoolStrategy(size=2),
    ).take_all()
    seconds = time.monotonic() - start
finally:
    ray.shutdown()
scored.sort(key=lambda r: r["place"])
if [r["place"] for r in scored] != list(range(count)):
    sys.exit(f"{len(scored)} rows came back of {count}")
for r in scored:
    place = r["place"]
    given = [r["score"], *(r[name] for name in columns)]
    right = [expected[place], *(column[place] for column in columns.values())]
    if given != right or any(isinstance(number, float) and math.isnan(number) for number in given):
        sys.exit(f"row {place}: {given} from Ray, {right} from the scorer")
nulls, workers = sum(r["score"] is None for r in scored), {r["process"] for r in scored}
if nulls != len(range(0, count, 97)) or os.getpid() in workers:
    sys.exit(f"{nulls} nulls, workers {workers}")
print(
    f"ray {ray.__version__}: {count} rows in {len(workers)} workers, {seconds:.1f} s with their start; scores and {len(columns)} components equal, "
    f"{nulls} null, mean {sum(s for s in expected if s is not None) / (count - nulls):.3f}"
)
