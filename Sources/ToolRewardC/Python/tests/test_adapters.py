"""The adapters, called as the engines call them. Whether the engines do is checked with the engines: .ci/conformance."""

import asyncio
import importlib
import inspect
import json
import math
import pickle
import types

import pytest

import toolreward.slime
import toolreward.trl
import toolreward.verl
from toolreward import Scorer, Unscorable

TRUTH = '[{"name": "f", "arguments": {"a": 1}}]'
RIGHT = '<think>x</think><tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>'
WRONG = RIGHT.replace("1", "2")
CALL = {"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}
KEYS = ["score", "acc", "reasoning", "format", "names", "calls"]


class TestVerl:
    @pytest.mark.parametrize("completion, score", [(RIGHT, 1.0), (WRONG, 0.0), ("", 0.0), ("\0", 0.0)])
    def test_keys_are_always_the_same(self, completion, score):
        one = toolreward.verl.compute_score("data", completion, TRUTH, {"index": 3}, num_turns=2)
        assert list(one) == KEYS and one["score"] == one["acc"] == score
        assert all(isinstance(part, float) for part in one.values())
        assert asyncio.run(toolreward.verl.compute_score_async("data", completion, TRUTH, None)) == one
        assert toolreward.verl.compute_score_batch(["data"] * 2, [completion] * 2, [TRUTH] * 2, [None, {}]) == [one] * 2
        assert asyncio.iscoroutinefunction(toolreward.verl.compute_score_async)

    def test_what_cannot_be_judged(self):
        with pytest.raises(Unscorable, match="the sample of data with index 3 cannot be judged, which is not a score of 0"):
            toolreward.verl.compute_score("data", RIGHT, "nope", {"index": 3})
        with pytest.raises(Unscorable, match="index 4"):
            toolreward.verl.compute_score_batch(["data"] * 2, [RIGHT] * 2, [TRUTH, "nope"], [{"index": 3}, {"index": 4}])
        result = toolreward.verl.compute_score("data", RIGHT, "nope", unscorable=-1)
        assert list(result) == KEYS and result["score"] == -1 and math.isnan(result["calls"])
        assert toolreward.verl.compute_score_batch(["data"], [RIGHT], ["nope"], unscorable=-1)[0]["score"] == -1

    def test_options(self):
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        tools = [{"name": "f", "parameters": schema}]
        one = toolreward.verl.compute_score("data", RIGHT, TRUTH, {"tools": json.dumps(tools)}, reward="strict")
        assert one["score"] == 0 and one["schema"] == 0

    @pytest.mark.parametrize("name, meant", [("fromat", "format"), ("unscoreable", "unscorable"), ("leniency", "leniencies")])
    def test_misspelt_options(self, name, meant):
        with pytest.raises(TypeError, match=f"did you mean {meant}"):
            toolreward.verl.compute_score("data", RIGHT, TRUTH, **{name: 1})
        own = {"reward_router_address": "x", "reward_model_tokenizer": None}
        assert toolreward.verl.compute_score("data", RIGHT, TRUTH, **own)["score"] == 1

    def test_file_is_loaded_by_its_path(self):
        """verl loads the file by itself, outside the package."""
        specification = importlib.util.spec_from_file_location("custom_module", toolreward.verl.__file__)
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        assert module.compute_score("data", RIGHT, TRUTH)["score"] == 1


class TestTRL:
    def call(self, function, completions, truths, **more):
        return function(prompts=["p"] * len(completions), completions=completions, completion_ids=[[1]] * len(completions),
                        ground_truth=truths, trainer_state=None, environments=None, **more)

    def test_texts_and_messages(self):
        completions = [
            RIGHT, WRONG, [{"role": "assistant", "content": RIGHT}],
            [{"role": "assistant", "content": "<think>x</think>", "tool_calls": [CALL]}],
            [{"role": "assistant", "content": "<think>x</think>", "tool_calls": []}],
            [{"role": "assistant", "content": None, "reasoning_content": "x", "tool_calls": [CALL]}],
            RIGHT, RIGHT,
        ]
        function = toolreward.trl.RewardFunction("exact-match")
        truths = [TRUTH] * 6 + [None, "nope"]
        scores = self.call(function, completions, truths)
        assert scores == [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, None, None]
        assert self.call(pickle.loads(pickle.dumps(function)), completions, truths) == scores

    def test_logs(self):
        metrics, extra = {}, {}
        function = toolreward.trl.RewardFunction(log_findings=True, name="mine")
        self.call(function, [RIGHT, WRONG, RIGHT], [TRUTH, TRUTH, None], log_metric=metrics.__setitem__, log_extra=extra.__setitem__)
        assert metrics == {"mine/reasoning": 1.0, "mine/format": 1.0, "mine/names": 1.0, "mine/calls": 0.5}
        assert [text and json.loads(text)["score"] for text in extra["mine_verdict"]] == [1, 0, ""]
        assert function.__name__ == "mine"

    def test_columns_of_another_length(self):
        with pytest.raises(ValueError, match="2 completions, but the column 'ground_truth' has 1 rows"):
            self.call(toolreward.trl.RewardFunction(), [RIGHT] * 2, [TRUTH])

    def test_column_that_is_not_there(self):
        with pytest.raises(KeyError, match="answer"):
            self.call(toolreward.trl.RewardFunction(ground_truth="answer"), [RIGHT], [TRUTH])

    def test_plain_function(self):
        assert self.call(toolreward.trl.tool_n1, [RIGHT, WRONG], [TRUTH] * 2) == [1.0, 0.0]
        assert pickle.loads(pickle.dumps(toolreward.trl.tool_n1)) is toolreward.trl.tool_n1


class TestSlime:
    @pytest.mark.parametrize("label, metadata", [
        (TRUTH, None), (json.dumps({"ground_truth": json.loads(TRUTH), "tools": [{"name": "f"}]}), {}),
        ({"ground_truth": TRUTH}, {"tools": [{"name": "f"}]}),
    ])
    def test_one_and_group(self, label, metadata):
        sample = types.SimpleNamespace(response=RIGHT, label=label, metadata=metadata)
        one = asyncio.run(toolreward.slime.custom_rm(None, sample))
        assert one == {"score": 1.0, "reasoning": 1.0, "format": 1.0, "names": 1.0, "calls": 1.0}
        assert asyncio.run(toolreward.slime.custom_group_rm(None, [sample, sample])) == [one, one]

    def test_what_cannot_be_judged(self):
        sample = types.SimpleNamespace(response=RIGHT, label="nope", metadata=None)
        with pytest.raises(Unscorable):
            asyncio.run(toolreward.slime.custom_rm(None, sample))
        worth = toolreward.slime.make_custom_rm(unscorable=0.5)
        assert asyncio.run(worth(None, sample))["score"] == 0.5


class TestOpenRLHF:
    def test_queries(self):
        pytest.importorskip("torch")
        from toolreward.openrlhf import make_reward_func, reward_func

        prompt = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
        label = json.dumps({"ground_truth": json.loads(TRUTH)})
        result = reward_func([prompt + RIGHT, prompt + WRONG, "changed " + prompt + RIGHT], [prompt] * 3, [TRUTH, TRUTH, label])
        assert result["rewards"].tolist() == result["scores"].tolist() == [1, 0, 1]
        assert result["extra_logs"]["calls"].tolist() == [1, 0, 1]
        # Cut from the left, and with an example in the prompt: only what follows it counts.
        long = "Tell me of the weather, as in this example: " + RIGHT + " Now it is your turn. "
        assert reward_func([long[20:] + "no idea", long[20:] + RIGHT], [long] * 2, [TRUTH] * 2)["rewards"].tolist() == [0, 1]
        with pytest.raises(Unscorable, match="neither begins with its prompt"):
            reward_func(["changed " + RIGHT], ["another prompt"], [TRUTH])
        with pytest.raises(Unscorable):
            reward_func([prompt + RIGHT], [prompt], ["nope"])
        assert make_reward_func(unscorable=0)([prompt + RIGHT], [prompt], ["nope"])["rewards"].tolist() == [0]


class TestRayData:
    def test_tables(self):
        pyarrow = pytest.importorskip("pyarrow")
        from toolreward.ray_data import ScoreBatch

        table = pyarrow.table({"completion": [RIGHT, WRONG, RIGHT], "ground_truth": [TRUTH, TRUTH, "nope"]})
        scored = ScoreBatch("exact-match")(table)
        assert scored.column("score").to_pylist() == [1.0, 0.0, None]
        assert scored.column("calls").to_pylist() == [1.0, 0.0, None]


@pytest.mark.parametrize("name", ["verl", "trl", "openrlhf", "slime", "verifiers", "ray_data", "scorer"])
def test_everything_public_is_documented_and_typed(name):
    module = importlib.import_module(f"toolreward.{name}")
    for item, value in vars(module).items():
        if item.startswith("_") or getattr(value, "__module__", None) != module.__name__ or not callable(value):
            continue
        members = [value] if inspect.isfunction(value) else [value] + [
            member for key, member in vars(value).items() if inspect.isfunction(member) and not key.startswith("_")
        ]
        for member in members:
            assert member.__doc__, f"{name}.{member.__qualname__} has no documentation"
            if inspect.isfunction(member):
                for parameter in inspect.signature(member).parameters.values():
                    typed = parameter.annotation is not parameter.empty or parameter.name == "self"
                    assert typed, f"{name}.{member.__qualname__}: {parameter.name} has no type"
