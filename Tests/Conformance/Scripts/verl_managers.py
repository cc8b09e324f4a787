#!/usr/bin/env python3
"""verl's own reward managers give the right scores with toolreward.verl as their custom reward function, and its configuration is understood.

usage: verl_managers.py CLIENT
CLIENT is verl_client.py. Needs verl 0.9.1 --no-deps and what the client says, and toolreward on PYTHONPATH. Exits as the client does.
"""
import importlib.metadata, json, subprocess, sys

import toolreward.verl

if len(sys.argv) != 2:
    sys.exit(__doc__)
managers = subprocess.run([sys.executable, sys.argv[1], toolreward.verl.__file__])
if managers.returncode:
    sys.exit(managers.returncode)

from omegaconf import OmegaConf
from verl.trainer.ppo.reward import get_custom_reward_fn

truth = json.dumps([{"name": "get_weather", "arguments": {"city": "Paris"}}])
lenient = '<think>x</think>\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris",},}\n</tool_call>'
count = 0


def rewarded(**more):
    """The function as verl makes it of a configuration, whose lists and mappings are OmegaConf's own."""
    function = {"path": toolreward.verl.__file__, "name": "compute_score", "reward_kwargs": {"reward": "exact-match", "format": "hermes", **more}}
    return get_custom_reward_fn(OmegaConf.create({"reward": {"custom_reward_function": function}}))


def equal(what, given, right):
    global count
    count += 1
    if given != right:
        sys.exit(f"{what}: {given}, {right} is right")


# As its managers call: with more arguments where a reward model's server runs.
own = {"reward_router_address": None, "reward_model_tokenizer": None}
scored = lambda function, ground_truth=truth: function(
    data_source="d", solution_str=lenient, ground_truth=ground_truth, extra_info={"index": 7, "num_turns": 2}, **own)
equal("without leniencies", scored(rewarded())["score"], 0.0)
equal("leniencies", scored(rewarded(leniencies=["trailing_comma"]))["score"], 1.0)
equal("what cannot be judged, with a worth", scored(rewarded(unscorable=-1), "[{")["score"], -1.0)
equal("its keys", set(scored(rewarded(unscorable=-1), "[{")), set(scored(rewarded())))
try:
    equal("what cannot be judged", scored(rewarded(), "[{"), "an exception")
except toolreward.Unscorable as error:
    equal("what cannot be judged", "index 7" in str(error), True)
print(f"verl {importlib.metadata.version('verl')}: the managers give 1, 0, 0, 0; {count} checks of the configuration right")
