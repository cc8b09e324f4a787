#!/usr/bin/env python3
"""Training under our reward raises the mean reward: TRL's own GRPOTrainer on a tiny model, on the CPU, nothing downloaded.

usage: trl_training.py CLIENT [--command 'toolreward score -']
CLIENT is trl_client.py: its model, data and main are what is trained. Needs trl 1.16.0, transformers and torch, and toolreward on
PYTHONPATH. With --command the command rewards, as the client's coprocess, and toolreward.trl is only compared.

At each step three must agree on each sample: toolreward.trl, the client's oracle, and the client's transcription of Tool-N1's code. Then
the trained trainer scores what training does not show: messages as TRL parses them, and samples that cannot be judged.
"""
import argparse, contextlib, importlib.util, io, json, logging, math, pathlib, pickle, sys, warnings

warnings.simplefilter("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("client")
parser.add_argument("--command")
options = parser.parse_args()
specification = importlib.util.spec_from_file_location("trl_client", options.client)
client = importlib.util.module_from_spec(specification)
specification.loader.exec_module(client)  # before transformers, because it sets what keeps that offline

import trl
from trl.chat_template_utils import add_response_schema, parse_response
from toolreward.trl import RewardFunction

ours = RewardFunction("tool-n1", log_findings=True)
compared, trainers = [], []


class Trainer(trl.GRPOTrainer):
    """The client's trainer with both rewards; the one that is not asked to reward weighs nothing."""

    def __init__(self, reward_funcs, args, **more):
        args.reward_weights = [0.0, 1.0] if options.command else [1.0, 0.0]
        super().__init__(reward_funcs=[ours, reward_funcs], args=args, **more)
        trainers.append(self)

    def _calculate_rewards(self, inputs, prompts, completions, completion_ids_list):
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        if len(self.reward_funcs) == 2:
            for row, completion, columns in zip(rewards.tolist(), completions, inputs):
                expected = client.tool_n1_v0(completion[0]["content"], columns["ground_truth"])
                if row != [expected, expected]:
                    sys.exit(f"toolreward.trl and the client's oracle gave {row}, Tool-N1's code {expected}: {completion}")
                compared.append(expected)
        return rewards


trl.GRPOTrainer = Trainer
# At the client's own learning rate, 5e-3, so small a model comes to harm on some machines, whoever rewards it.
sys.argv = [options.client, *"--warm 20 --steps 25 --gens 16 --loss-type dapo --lr 1e-3".split()]
if options.command:
    sys.argv += ["--oracle", "cmd", "--cmd", options.command]
said = io.StringIO()
try:
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        client.main()
except BaseException:
    print(said.getvalue(), file=sys.stderr)
    raise

logging.disable(logging.WARNING)  # TRL says of each sample without a score that it has none
trainer, log = trainers[0], [entry for entry in trainers[0].state.log_history if "reward" in entry]
rewards = [entry["reward"] for entry in log]
first, last = sum(rewards[:5]) / 5, sum(rewards[-5:]) / 5
if len(rewards) != 25 or last <= first:
    sys.exit(f"the mean reward of {len(rewards)} steps went from {first:.3f} to {last:.3f}: {rewards}")
for part in ("reasoning", "format", "names", "calls"):
    if any(f"tool_n1/{part}" not in entry for entry in log):
        sys.exit(f"tool_n1/{part} is not in TRL's log: {sorted(log[0])}")
if len(trainer._logs["extra"]["tool_n1_verdict"]) == 0:
    sys.exit("the findings are not in TRL's table of completions")

copy = pickle.loads(pickle.dumps(ours))
truth, wrong = (json.dumps([{"name": "get_weather", "arguments": {"city": city}}]) for city in ("Paris", "Rome"))
text = lambda content: [{"role": "assistant", "content": content}]
call = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}
own_call = '<think>\nx\n</think>\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'

# As TRL does with tools of its own: what it parses away is not in the text any more.
_, tokenizer = client.build()
tokenizer.chat_template = (pathlib.Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text()
tokenizer = add_response_schema(tokenizer)
ids = lambda written: tokenizer(written, add_special_tokens=False)["input_ids"]
parsed = lambda written: [parse_response(tokenizer, ids(written + "<|im_end|>"), prefix=ids("<|im_start|>assistant\n"))]
if "tool_calls" not in parsed(own_call)[0] or "tool_call" in parsed(own_call)[0]["content"]:
    sys.exit(f"TRL no longer parses calls out of the text: {parsed(own_call)}")
after = [{"role": "tool", "name": "get_weather", "content": "7"}, {"role": "assistant", "content": "It is 7."}]

cases = [
    ("text", text(client.ANSWER), truth, 1.0),
    ("text, another call", text(client.ANSWER), wrong, 0.0),
    ("no ground truth", text(client.ANSWER), None, None),
    ("a broken ground truth", text(client.ANSWER), "[{", None),
    ("structured calls", [{"role": "assistant", "content": "<think>x</think>", "tool_calls": [call]}], truth, 1.0),
    ("structured calls, another", [{"role": "assistant", "content": "<think>x</think>", "tool_calls": [call]}], wrong, 0.0),
    ("structured calls, no reasoning", [{"role": "assistant", "content": "", "tool_calls": [call]}], truth, 0.0),
    ("one call of two", [{"role": "assistant", "content": "<think>x</think>", "tool_calls": [call, call]}], truth, 0.0),
    ("parsed by TRL", parsed(own_call), truth, 1.0),
    ("parsed by TRL, another call", parsed(own_call), wrong, 0.0),
    ("parsed by TRL, then a tool's answer and a reply", parsed(own_call) + after, truth, 1.0),
    ("malformed, so left as text by TRL", parsed(own_call.replace("}}", "}")), truth, 0.0),
    ("a list in one block, left as text by TRL", parsed(own_call.replace('{"name"', '[{"name"').replace("}}", "}}]")), truth, 1.0),
    ("no call", parsed("<think>\nx\n</think>\n\nhello"), truth, 0.0),
]
for name, function in (("the reward function", ours), ("its copy", copy)):
    trainer.reward_funcs, trainer.reward_func_names, trainer.reward_processing_classes = [function], [function.__name__], [None]
    inputs = [{"ground_truth": case[2]} for case in cases]
    given = trainer._calculate_rewards(inputs, [[]] * len(cases), [case[1] for case in cases], [[]] * len(cases))[:, 0].tolist()
    for (what, _, _, expected), score in zip(cases, given):
        if (None if math.isnan(score) else score) != expected:
            sys.exit(f"{name}, {what}: TRL got {score}, {expected} is right")
print(
    f"trl {trl.__version__}, rewarded by {options.command or 'toolreward.trl'}: mean reward {first:.3f} in the first five steps, {last:.3f} in "
    f"the last five; {len(compared)} scores of {len(rewards)} steps equal ({sum(compared)} of them 1), {len(cases)} further cases right"
)
