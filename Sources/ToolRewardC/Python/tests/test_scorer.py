"""Scorers, verdicts and batches."""

import json
import math
import os
import pathlib
import pickle
import subprocess
import sys

import pytest

import toolreward
from toolreward import Scorer, ToolRewardError, Tools

# Where `import toolreward` finds the package, wherever the tests run.
FOLDER = pathlib.Path(toolreward.__file__).parents[1]
TRUTH = [{"name": "f", "arguments": {"a": 1}}]
RIGHT = '<think>x</think><tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>'
WRONG = '<think>x</think><tool_call>[{"name": "f", "arguments": {"a": 2}}]</tool_call>'
CALL = {"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}
TOOLS = [{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}]


class Text(str):
    """A str of a kind of its own, as frameworks have."""


@pytest.mark.parametrize(
    "completion, truth, score",
    [
        (RIGHT, TRUTH, 1.0),
        (RIGHT, json.dumps(TRUTH), 1.0),
        (RIGHT.encode(), TRUTH, 1.0),
        (Text(RIGHT), TRUTH, 1.0),
        (WRONG, TRUTH, 0.0),
        ("", TRUTH, 0.0),
        ("\ud800" + RIGHT, TRUTH, 1.0),
        (RIGHT + "\0", TRUTH, 1.0),
        ("<think>é😀</think><tool_call>[]</tool_call>", [], 1.0),
        (b"\xff" + RIGHT.encode(), TRUTH, 1.0),
        (RIGHT, "nope", None),
        (RIGHT, None, None),
        (RIGHT, [{"name": 1}], None),
        (RIGHT, 7, None),
        (RIGHT, [{"name": "f", "arguments": {"a": math.inf}}], 0.0),
        (RIGHT, {"name": "f", "arguments": {"a": 1}}, 1.0),
    ],
)
def test_one_and_batch_agree(completion, truth, score):
    scorer = Scorer()
    verdict = scorer.score(completion, truth)
    assert verdict.score == score
    assert json.loads(verdict.line)["score"] == score
    assert list(verdict.components) == scorer.component_names
    assert score is not None or verdict.error or verdict.findings, "what cannot be judged says why"
    for threads in (0, 1, 2):
        assert scorer.score_batch([completion] * 3, [truth] * 3, threads=threads) == [score] * 3
    batch = scorer.score_batch([RIGHT, completion, WRONG], [TRUTH, truth, TRUTH], lines=True)
    assert list(batch) == [1.0, score, 0.0], "one broken sample costs no other"
    assert batch.lines[1] == scorer.score(completion, truth, line=2).line
    assert [batch.components[name][1] for name in scorer.component_names] == list(verdict.components.values())


def test_verdict_says_why():
    verdict = Scorer().score(WRONG, TRUTH)
    (finding,) = verdict.findings
    assert (finding.code, finding.severity, finding.pointer, finding.expected_call) == ("wrong_argument", "error", "/a", 0)
    assert verdict.error is None
    error = Scorer().score(RIGHT, "nope", line=7).error
    assert (error["line"], error["code"]) == (7, "invalid_ground_truth")


def test_identifier():
    assert Scorer().score(RIGHT, TRUTH, id="é").line.startswith('{"id":"\\u00e9","score":1')
    assert Scorer().score(RIGHT, TRUTH, line=12).line.startswith('{"id":12,"score":1')
    assert Scorer().score(RIGHT, "nope", id="a", line=12).line.startswith('{"id":"a","score":null')


@pytest.mark.parametrize("tools", [TOOLS, json.dumps(TOOLS), Tools(TOOLS), Tools(json.dumps(TOOLS))])
def test_tools(tools):
    scorer = Scorer("strict", "hermes")
    right = '<think>x</think><tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>'
    text = right.replace("1", '"1"')
    assert [scorer.score(completion, TRUTH, tools).score for completion in (right, text)] == [1.0, 0.0]
    assert "schema" in [finding.code.split("_")[0] for finding in scorer.score(text, TRUTH, tools).findings]
    shared = tools if isinstance(tools, Tools) else [tools, tools]
    assert list(scorer.score_batch([right, text], [TRUTH, TRUTH], shared)) == [1.0, 0.0]


def test_tools_that_cannot_be_read():
    with pytest.raises(ToolRewardError, match="tools"):
        Tools("nope")
    # Elsewhere in a sample they are the data's mistake, not the model's: the calls are judged without them, as the command does.
    verdict = Scorer("strict").score(RIGHT, TRUTH, "nope")
    assert verdict.score == 1.0 and verdict.findings[-1].code == "invalid_tools"
    assert list(Scorer("strict").score_batch([RIGHT, WRONG], [TRUTH, TRUTH], ["nope", TOOLS])) == [1.0, 0.0]


@pytest.mark.parametrize(
    "message, score",
    [
        ([{"role": "assistant", "content": "", "reasoning_content": "x", "tool_calls": [CALL]}], 1.0),
        ({"role": "assistant", "content": "<think>x</think>", "tool_calls": [CALL]}, 1.0),
        ({"role": "assistant", "content": "<think>x</think>", "tool_calls": [CALL, CALL]}, 0.0),
        ({"role": "assistant", "content": RIGHT}, 1.0),
        (7, None),
    ],
)
def test_structured(message, score):
    scorer = Scorer("exact-match", view="structured")
    assert scorer.score(message, TRUTH).score == score
    assert list(scorer.score_batch([message], [TRUTH])) == [score]


def test_messages_are_no_text():
    for completion in ([{"role": "assistant", "content": RIGHT}], None, 7):
        with pytest.raises(TypeError, match="structured"):
            Scorer().score(completion, TRUTH)
        with pytest.raises(TypeError, match="structured"):
            Scorer().score_batch([RIGHT, completion], [TRUTH, TRUTH])


@pytest.mark.parametrize(
    "options, part",
    [
        ({"reward": "nope"}, "nope"), ({"format": "nope"}, "nope"), ({"view": "nope"}, "view"), ({"step": "x"}, "step"),
        ({"reward": "exact-match", "leniencies": ["nope"]}, "nope"), ({"reward": {}}, "reward"), ({"reward": 7}, "reward"),
    ],
)
def test_options_that_do_not_exist(options, part):
    with pytest.raises(ToolRewardError, match=part) as raised:
        Scorer(**options)
    assert raised.value.code == 3
    assert pickle.loads(pickle.dumps(raised.value)).code == 3


def test_files(tmp_path):
    reward = {"name": "half", "reward": {"sum": [{"weight": 0.5, "of": "exact-match"}]}}
    path = tmp_path / "reward.json"
    path.write_text(json.dumps(reward))
    for given in (reward, path, str(path)):
        scorer = Scorer(given)
        assert scorer.reward == "half"
        assert scorer.score(RIGHT, TRUTH).score == 0.5


def test_steps():
    reward = {"name": "moves", "reward": {"sum": [{"weight": {"schedule": [[0, 0], [10, 1]]}, "of": "exact-match"}]}}
    assert [Scorer(reward, step=step).score(RIGHT, TRUTH).score for step in (0, 5, 10)] == [0.0, 0.5, 1.0]


def test_lists_of_different_lengths():
    with pytest.raises(ValueError, match="2 completions and 1 ground truths"):
        Scorer().score_batch([RIGHT, RIGHT], [TRUTH])
    with pytest.raises(ValueError, match="tools for 1"):
        Scorer().score_batch([RIGHT, RIGHT], [TRUTH, TRUTH], [TOOLS])
    assert list(Scorer().score_batch([], [])) == []


def test_pickling():
    scorer = pickle.loads(pickle.dumps(Scorer("strict", "hermes", leniencies=["trailing_comma"], step=3, check_tools=True)))
    assert (scorer.reward, scorer.format) == ("strict", "hermes")
    verdict = Scorer().score(WRONG, TRUTH)
    assert pickle.loads(pickle.dumps(verdict)) == verdict
    tools = pickle.loads(pickle.dumps(Tools(TOOLS)))
    assert Scorer("strict").score(RIGHT, TRUTH, tools).score == 1.0


def test_columns_of_other_libraries():
    numpy = pytest.importorskip("numpy")
    batch = Scorer().score_batch(numpy.array([RIGHT, WRONG], dtype=object), numpy.array([json.dumps(TRUTH)] * 2, dtype=object))
    assert list(batch) == [1.0, 0.0]
    assert Scorer().score(RIGHT, numpy.array(TRUTH, dtype=object)).score == 1.0


class Labelled:
    """A column whose index is its rows' labels, as pandas has: `column[0]` is not the first."""

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    def __getitem__(self, label):
        return self.values[::-1][label]


def test_columns_are_gone_through_in_order():
    batch = Scorer().score_batch(Labelled([RIGHT, RIGHT]), Labelled(["nope", json.dumps(TRUTH)]), lines=True)
    assert list(batch) == [None, 1.0]
    assert [json.loads(line)["score"] for line in batch.lines] == [None, 1]
    assert list(Scorer("strict").score_batch(Labelled([RIGHT] * 2), Labelled([TRUTH] * 2), Labelled(["nope", TOOLS]))) == [1.0, 1.0]


def test_tools_of_many_lines():
    tools = Tools(json.dumps(TOOLS, indent=2))
    for reward in ("tool-n1", "strict"):
        assert Scorer(reward).score(RIGHT, "nope", tools).error["code"] == "invalid_ground_truth"
        assert list(Scorer(reward).score_batch([RIGHT] * 2, ["nope", json.dumps(TRUTH)], tools)) == [None, 1.0]


@pytest.mark.parametrize("tools, part", [("[]", "Tools"), ({"name": "f"}, "Tools"), ([{"name": "f"}] * 2, r"tools\[0\] is one definition")])
def test_tools_that_are_not_one_list_a_sample(tools, part):
    with pytest.raises(TypeError, match=part):
        Scorer("strict").score_batch([RIGHT] * 2, [TRUTH] * 2, tools)


def test_what_json_cannot_hold_is_named():
    endless = []
    endless.append(endless)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for truth, kind in ((b"x", None), ({1, 2}, TypeError), (endless, ValueError), (deep, ValueError)):
        if kind is None:
            assert Scorer().score_batch([RIGHT], [truth]) == [None]
            continue
        with pytest.raises(kind, match=r"ground_truths\[1\]"):
            Scorer().score_batch([RIGHT] * 2, [TRUTH, truth])
        with pytest.raises(kind, match="ground_truths"):
            Scorer().score(RIGHT, truth)


def test_many_ground_truths():
    """More than are remembered: what was forgotten is compiled again."""
    scorer = Scorer()
    truths = [json.dumps([{"name": "f", "arguments": {"a": number}}]) for number in range(20_000)]
    for _ in range(2):
        assert sum(scorer.score_batch([RIGHT] * len(truths), truths)) == 1


def test_versions():
    assert toolreward.library_version() == toolreward.__version__


def test_documentation_of_the_package_is_true():
    example = toolreward.__doc__.split("\n\n")[1]
    names = {"completion": RIGHT, "ground_truth": TRUTH, "completions": [RIGHT], "ground_truths": [TRUTH]}
    exec("\n".join(line.strip() for line in example.splitlines()), names)


def test_nothing_is_said_at_exit():
    code = "import toolreward; s = toolreward.Scorer(); s.score('', '[]'); t = toolreward.Tools('[]'); import sys; sys.x = s, t"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=FOLDER)
    assert (run.returncode, run.stderr) == (0, "")


def test_library_that_is_not_there():
    code = "import toolreward"
    environment = {**os.environ, "TOOLREWARD_LIBRARY": "/nowhere/lib.so"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=FOLDER)
    assert run.returncode == 1 and "TOOLREWARD_LIBRARY" in run.stderr
