"""Gives the verdicts that the Python package has for records: reads {"options", "records": [JSON text, …]}, writes {"one": [line, …],
"batch": [line, …]}. A record's members reach the package as a user would pass them."""

import json
import sys

import toolreward

asked = json.load(sys.stdin)
options = asked["options"]
scorer = toolreward.Scorer(options.pop("reward", "tool-n1"), options.pop("format", None), **options)
samples = [json.loads(record) for record in asked["records"]]
completions = [sample["completion"] for sample in samples]
truths = [sample["ground_truth"] for sample in samples]
tools = [sample.get("tools") for sample in samples]
one = [scorer.score(*sample, line=place + 1).line for place, sample in enumerate(zip(completions, truths, tools))]
batch = scorer.score_batch(completions, truths, tools, lines=True)
assert [json.loads(line)["score"] for line in batch.lines] == list(batch), "the scores are not those of the lines"
assert list(scorer.score_batch(completions, truths, tools)) == list(batch), "brief verdicts have other scores"
json.dump({"one": one, "batch": batch.lines}, sys.stdout)
