#!/usr/bin/env python3
"""toolreward.slime answers slime's calls: one sample, a group, the samples that a generate function makes of one; and tells what cannot be judged.

usage: slime_custom_rm.py
Needs toolreward on PYTHONPATH. slime is not on PyPI: what calls here does as slime/rollout/rm_hub/__init__.py and slime/utils/types.py do.
"""
import asyncio, importlib, json, sys
from dataclasses import dataclass, field
from types import SimpleNamespace

import toolreward
from toolreward.slime import make_custom_group_rm, make_custom_rm


@dataclass
class Sample:
    response: str
    label: object
    metadata: object = field(default_factory=dict)
    prompt: str = "Weather in Paris?"


def loaded(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


truth = [{"name": "get_weather", "arguments": {"city": "Paris"}}]
answer = f"<think>look it up</think>\n<tool_call>\n{json.dumps(truth)}\n</tool_call>"
tool = lambda city: {"type": "function", "function": {"name": "get_weather", "parameters": {"properties": {"city": {"enum": [city]}}}}}
right, wrong = Sample(answer, json.dumps(truth)), Sample(answer.replace("Paris", "Rome"), truth)
group = [right, wrong, Sample("I cannot.", json.dumps(truth)), Sample(answer, {"ground_truth": truth}), Sample(answer, truth, metadata=None)]
expected = [1.0, 0.0, 0.0, 1.0, 1.0]
arguments = SimpleNamespace(reward_key="score")
count = 0


def equal(what, given, right):
    global count
    count += 1
    if given != right:
        sys.exit(f"{what}: {given}, {right} is right")


async def main():
    one, several = loaded("toolreward.slime.custom_rm"), loaded("toolreward.slime.custom_group_rm")
    names = {"score", *toolreward.Scorer("tool-n1").component_names}
    rewards = await asyncio.gather(*(one(arguments, sample, evaluation=False) for sample in group))
    equal("the keys", [set(reward) for reward in rewards], [names] * len(group))
    equal("one by one", [reward[arguments.reward_key] for reward in rewards], expected)
    equal("a group", [reward["score"] for reward in await several(arguments, group)], expected)
    # Without --group-rm too, slime passes a list where a generate function made several samples of one.
    equal("a list", [reward["score"] for reward in await one(arguments, group)], expected)

    calls = lambda city: Sample(f'<think>x</think>\n<tool_call>\n{json.dumps(truth[0])}\n</tool_call>', truth, {"tools": [tool(city)]})
    checked = make_custom_rm("exact-match", format="hermes", check_tools=True)
    equal("tools of the metadata", [(await checked(None, calls(city)))["schema"] for city in ("Paris", "Rome")], [1.0, 0.0])
    label = lambda city: json.dumps({"ground_truth": truth, "tools": [tool(city)]})
    labels = [(await checked(None, Sample(calls(city).response, label(city))))["schema"] for city in ("Paris", "Rome")]
    equal("tools of the label", labels, [1.0, 0.0])

    try:
        equal("an option that is none", make_custom_rm("exact-match", fromat="hermes"), "an exception")
    except TypeError as error:
        equal("an option that is none", "fromat" in str(error), True)

    for broken in ("[{", None, ""):
        for rm, given in ((one, Sample(answer, broken)), (several, [right, Sample(answer, broken)])):
            try:
                equal(f"label {broken!r}", await rm(arguments, given), "an exception")
            except toolreward.Unscorable as error:
                equal(f"label {broken!r}", "cannot be judged" in str(error), True)
        worth = await make_custom_group_rm(unscorable=-1)(arguments, [right, Sample(answer, broken)])
        equal(f"label {broken!r} with a worth", [reward["score"] for reward in worth], [1.0, -1.0])


asyncio.run(main())
print(f"slime: {count} checks of custom_rm and custom_group_rm, all right")
