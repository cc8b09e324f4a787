#!/usr/bin/env python3
"""A task of verifiers with toolreward.verifiers as its reward scores traces right, and shows as not scored what cannot be judged.

usage: verifiers_task.py
Needs verifiers 0.4.0, and toolreward on PYTHONPATH. The traces are verifiers' own, and are scored as its rollouts score them: Task.score.
"""
import asyncio, importlib.metadata, json, sys

import verifiers.v1 as vf
from verifiers.v1.configs.agent import AgentConfig
from verifiers.v1.trace import AgentInfo, TraceTask
from toolreward.verifiers import reward


class Data(vf.TaskData):
    ground_truth: object
    tools: list | None = None


class Task(vf.Task[Data]):
    tool_call = reward("exact-match", format="hermes", weight=2.0)
    strict = reward("strict", format="hermes", name="strictly")


class Forgiving(vf.Task[Data]):
    tool_call = reward("exact-match", format="hermes", unscorable=-1)


class Several(vf.Task[Data]):
    matches = reward("exact-match", format="hermes")
    as_trained = reward("tool-n1", weight=0.5)


def call(city, name="get_weather", arguments=None):
    return vf.ToolCall(id="call_1", name=name, arguments=arguments if arguments is not None else json.dumps({"city": city}))


def model(content=None, reasoning=None, calls=None):
    return vf.MessageNode(message=vf.AssistantMessage(content=content, reasoning_content=reasoning, tool_calls=calls), sampled=True)


given = lambda message: vf.MessageNode(message=message)
asked = given(vf.UserMessage(content="Weather in Paris?"))
# An assistant message of the prompt is the environment's, not the model's.
example = given(vf.AssistantMessage(content="<think>x</think>", tool_calls=[call("Paris")]))
answered = given(vf.ToolMessage(tool_call_id="call_1", content="7"))
truth = [{"name": "get_weather", "arguments": {"city": "Paris"}}]
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]
inline = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'

# name, nodes, ground truth, expected scores: exact-match, strict
cases = [
    ("right", [asked, model("", "look it up", [call("Paris")])], truth, 1, 1),
    ("right, no content", [asked, model(None, "look it up", [call("Paris")])], truth, 1, 1),
    ("right, reasoning in the text", [asked, model("<think>look it up</think>", None, [call("Paris")])], truth, 1, 1),
    ("right, call in the text", [asked, model(inline, "look it up")], truth, 1, 1),
    ("right, ground truth as text", [asked, model("", "look it up", [call("Paris")])], json.dumps(truth), 1, 1),
    ("right, then a tool's answer and a reply", [asked, model("", "x", [call("Paris")]), answered, model("It is 7.")], truth, 1, 0),
    ("wrong city", [asked, model("", "look it up", [call("Rome")])], truth, 0, 0),
    ("wrong name", [asked, model("", "look it up", [call("Paris", "get_time")])], truth, 0, 0),
    ("arguments that are no JSON", [asked, model("", "look it up", [call("", arguments='{"city": ')])], truth, 0, 0),
    ("no reasoning", [asked, model("", None, [call("Paris")])], truth, 0, 0),
    ("a call too many", [asked, model("", "look it up", [call("Paris"), call("Rome")])], truth, 0, 0),
    ("no calls", [asked, model("I cannot.", "look it up")], truth, 0, 0),
    ("no calls, and none is right", [asked, model("I cannot.", "look it up")], [], 1, None),
    ("the prompt's own call", [asked, example, asked, model("I cannot.")], truth, 0, 0),
    ("nothing from the model", [asked], truth, 0, 0),
    ("a broken ground truth", [asked, model("", "look it up", [call("Paris")])], "[{", None, None),
    ("a ground truth that is no list of calls", [asked, model("", "look it up", [call("Paris")])], 7, None, None),
]


async def scored(task, nodes):
    trace = vf.Trace(task=TraceTask(type=type(task).__name__, data=task.data), agent=AgentInfo(config=AgentConfig()))
    for parent, node in enumerate(nodes):
        trace.nodes.append(node.model_copy(update={"parent": parent - 1 if parent else None}))
    try:
        await task.score(trace)
    except vf.TaskError as error:
        return trace, str(error)
    return trace, None


async def main():
    for name, nodes, ground_truth, exact, strict in cases:
        for own in (None, tools):
            trace, error = await scored(Task(Data(prompt="Weather in Paris?", ground_truth=ground_truth, tools=own)), nodes)
            exactly, strictly = trace.rewards["tool_call"], trace.rewards["strictly"]
            if exact is None:
                if exactly is not None or strictly is not None or "cannot be judged" not in (error or ""):
                    sys.exit(f"{name}: {trace.rewards}, {error}; not scored is right")
                continue
            if error or exactly is None or (exactly.score, exactly.weight) != (exact, 2.0):
                sys.exit(f"{name}: exact-match {exactly}, {error}; {exact} is right")
            if strict is not None and (strictly.score, strictly.weight) != (strict, 1.0):
                sys.exit(f"{name}: strict {strictly}; {strict} is right")
            if trace.reward != 2 * exactly.score + strictly.score:
                sys.exit(f"{name}: the trace's reward is {trace.reward}")
        if exact is not None:
            trace, error = await scored(Several(Data(ground_truth=ground_truth)), nodes)
            if error or set(trace.rewards) != {"matches", "as_trained"} or trace.rewards["as_trained"].weight != 0.5:
                sys.exit(f"{name}, two rewards named by their attributes: {trace.rewards}, {error}")
        trace, error = await scored(Forgiving(Data(ground_truth=ground_truth)), nodes)
        if error or trace.reward != (-1 if exact is None else exact):
            sys.exit(f"{name}, worth -1 where it cannot be judged: {trace.rewards}, {error}")


asyncio.run(main())
print(f"verifiers {importlib.metadata.version('verifiers')}: {len(cases)} traces through Task.score, right under exact-match and strict")
