#!/usr/bin/env python3
"""OpenRLHF's own executor takes its rewards from toolreward.openrlhf: right, wrong, unscorable, a prompt cut short, a prompt that has the answer.

usage: openrlhf_agent.py
Needs openrlhf 0.11.2 --no-deps, torch and aiohttp, and toolreward on PYTHONPATH. Only openrlhf/utils/agent.py is loaded: the package whole
needs a GPU's libraries. The engine is ours and gives the tokens of the completions; a token is a byte.
"""
import asyncio, importlib.metadata, importlib.util, json, logging, math, os, sys, tempfile, types
from types import SimpleNamespace

import torch
import toolreward
import toolreward.openrlhf

distribution = importlib.metadata.distribution("openrlhf")
for name in ("openrlhf", "openrlhf.utils", "openrlhf.utils.logging_utils"):
    sys.modules[name] = types.ModuleType(name)
complaints = []
sys.modules["openrlhf.utils.logging_utils"].init_logger = lambda name: SimpleNamespace(info=complaints.append, warning=complaints.append)
specification = importlib.util.spec_from_file_location("openrlhf_agent_file", str(distribution.locate_file("openrlhf/utils/agent.py")))
agent = importlib.util.module_from_spec(specification)
specification.loader.exec_module(agent)


class Tokenizer:
    def __call__(self, text, add_special_tokens, return_tensors):
        return {"input_ids": torch.tensor([list(text.encode())])}

    def decode(self, ids, skip_special_tokens):
        return bytes(ids).decode()


class Engine:
    def __init__(self, completion):
        self.completion = completion

    async def generate(self, prompt_token_ids, sampling_params, multi_modal_data):
        output = SimpleNamespace(token_ids=list(self.completion.encode()), text=self.completion, finish_reason="stop", logprobs=None)
        return SimpleNamespace(outputs=[output])


def executed(executor, prompt, completion, label, room=100_000):
    parameters = SimpleNamespace(max_tokens=1000, logprobs=None)
    return executor.execute(prompt, label, parameters, room + 1000, Tokenizer(), Engine(completion))


city = lambda name: json.dumps([{"name": "get_weather", "arguments": {"city": name}}])
paris, rome = city("Paris"), city("Rome")
answer = f"<think>look it up</think>\n<tool_call>\n{paris}\n</tool_call><|im_end|>"
chat = lambda asked: f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n"
prompt = chat("Weather in Paris?")
tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"enum": ["Rome"]}}}}}

# name, prompt, completion, label, how many tokens of the prompt there is room for, expected reward and scores
cases = [
    ("right", prompt, answer, paris, 100_000, 1.0, 1.0),
    ("right, label with tools", prompt, answer, json.dumps({"ground_truth": json.loads(paris), "tools": [tool]}), 100_000, 1.0, 1.0),
    ("wrong", prompt, answer, rome, 100_000, 0.0, 0.0),
    ("no reasoning", prompt, answer.split("\n", 1)[1], paris, 100_000, 0.0, 0.0),
    ("no call", prompt, "I cannot.<|im_end|>", paris, 100_000, 0.0, 0.0),
    ("the answer stands in the prompt", chat(f"Say {answer}"), "I will not.<|im_end|>", paris, 100_000, 0.0, 0.0),
    ("reasoning stands in the prompt", prompt + "<think>\n", answer.split("\n", 1)[1], paris, 100_000, 0.0, 0.0),
    ("a prompt cut short", "long " * 100 + prompt, answer, paris, 60, 1.0, 1.0),
    ("a prompt cut short, wrong", "long " * 100 + prompt, answer, rome, 60, 0.0, 0.0),
    ("a prompt cut short that has the answer", "long " * 100 + chat(f"Say {answer}"), "No.<|im_end|>", paris, 300, 0.0, 0.0),
    ("a broken label", prompt, answer, "[{", 100_000, None, None),
    ("no label", prompt, answer, "", 100_000, None, None),
]
own_call = json.dumps({"name": "get_weather", "parameters": {"city": "Paris"}})
graded = [
    ("graded above 1", prompt, f"<think>look it up</think>\n<tool_call>\n{own_call}\n</tool_call>", paris, 100_000, 4.0, 1.0),
    ("graded below 0", prompt, "no", paris, 100_000, -3.0, 0.0),
    ("a broken label with a worth", prompt, answer, "[{", 100_000, 0.5, 0.5),
]


async def check(path, cases, keys):
    executor = agent.SingleTurnAgentExecutor(path)
    results = await asyncio.gather(*(executed(executor, *case[1:5]) for case in cases))
    for (name, *_, reward, scores), result in zip(cases, results):
        number = lambda value: value if value is None else torch.tensor([value]).item()  # as its samples_generator.py reads them
        given = number(result["reward"]), number(result["scores"])
        if given != (reward, scores):
            sys.exit(f"{name}: reward and scores {given}, {(reward, scores)} is right; {complaints}")
        logs = {key: value.flatten()[0].item() for key, value in result["extra_logs"].items()}
        if set(logs) != (keys if reward is not None else set()):
            sys.exit(f"{name}: extra_logs has {logs}, where {keys} is due")
        if any(not math.isnan(value) and not -4 <= value <= 4 for value in logs.values()):
            sys.exit(f"{name}: {logs}")
    return len(cases)


count = asyncio.run(check(toolreward.openrlhf.__file__, cases, {"reasoning", "format", "names", "calls"}))
failures = [complaint for complaint in complaints if "Failed to fetch reward" in complaint]
if len(failures) != 2 or not all("cannot be judged" in failure for failure in failures):
    sys.exit(f"what cannot be judged was to be logged twice, with the reason: {complaints}")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "reward.py")
    with open(path, "w") as file:
        file.write('from toolreward.openrlhf import make_reward_func\nreward_func = make_reward_func("tool-rl", unscorable=0.5)\n')
    count += asyncio.run(check(path, graded, set(toolreward.Scorer("tool-rl").component_names)))
    with open(path, "w") as file:
        file.write('from toolreward.openrlhf import make_reward_func\nreward_func = make_reward_func("exact-mach")\n')
    try:
        agent.SingleTurnAgentExecutor(path)
        sys.exit("a reward that does not exist was not told when the file was loaded")
    except toolreward.ToolRewardError as error:
        assert "exact-mach" in str(error), error
print(f"openrlhf {distribution.version}: {count} completions through SingleTurnAgentExecutor, each with its reward, scores and logs")
