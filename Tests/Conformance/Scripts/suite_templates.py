"""Runs a suite over published chat templates: which drop calls, which open <think>, which are not prefix-preserving.

    suite_templates.py TOOLREWARD CHAT_TEMPLATES    # a folder with templates/llama.cpp and templates/trl

The counts are those of Docs/PromptSuites.md, which says why others' differ.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

command, data = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
tools = [{"type": "function", "function": {
    "name": "get_weather_zq", "description": "Get the current weather", "parameters": {
        "type": "object", "properties": {"location_zq": {"type": "string", "description": "City"}},
        "required": ["location_zq"]}}}]
call = {"id": "call00000", "type": "function", "function": {"name": "get_weather_zq", "arguments": {"location_zq": "Lisbon zq"}}}
user = {"role": "user", "content": "What is the weather in Lisbon?"}
cases = [
    {"name": "plain", "messages": [user], "checks": ["renders", "opens-think"]},
    {"name": "thinking", "messages": [user], "checks": ["renders", "opens-think"]},
    {"name": "tools", "messages": [user], "tools": tools, "checks": ["renders", "tools-rendered"]},
    {"name": "calls", "messages": [user, {"role": "assistant", "content": "", "tool_calls": [call]}], "tools": tools,
     "checks": ["renders", "tool-calls-rendered", "prefix-preserving", {"type": "prefix-preserving", "value": "user-turn"}]},
    {"name": "answer", "messages": [user, {"role": "assistant", "content": "", "tool_calls": [call]}, {
        "role": "tool", "tool_call_id": "call00000", "name": "get_weather_zq", "content": "21"}], "tools": tools,
     "checks": ["renders", "tool-calls-rendered", "tool-results-rendered"]},
    {"name": "history", "messages": [user, {"role": "assistant", "content": "", "tool_calls": [call]}, {
        "role": "tool", "tool_call_id": "call00000", "name": "get_weather_zq", "content": "21"},
        {"role": "assistant", "content": "It is 21 degrees."}, user], "tools": tools,
     "checks": ["renders", "tool-calls-rendered", "tool-results-rendered"]},
    {"name": "constants", "messages": [user, {"role": "assistant", "content": "", "tool_calls": [
        call | {"function": {"name": "get_weather_zq", "arguments": {"celsius_zq": False, "days_zq": 0, "unit_zq": None}}}]}], "tools": tools,
     "checks": ["renders", "tool-calls-rendered"]},
    {"name": "reasoning", "messages": [user, {"role": "assistant", "content": "", "reasoning_content": "Ask for Lisbon.", "tool_calls": [call]}],
     "tools": tools, "checks": ["prefix-preserving", {"type": "prefix-preserving", "value": "user-turn"}]},
    {"name": "string arguments", "messages": [user, {"role": "assistant", "content": "", "tool_calls": [
        call | {"function": call["function"] | {"arguments": json.dumps(call["function"]["arguments"])}}]}], "tools": tools,
     "checks": ["renders"]},
]
for corpus in sorted((data / "templates").iterdir()):
    files = sorted(path for path in corpus.rglob("*") if path.is_file() and path.suffix in {".jinja", ".j2"})
    variables = {"bos_token": "<s>", "eos_token": "</s>"}
    found = collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        for thinking in [False, True]:
            suite = pathlib.Path(folder) / "suite.json"
            suite.write_text(json.dumps({
                "templates": [{"name": path.relative_to(corpus).as_posix(), "file": str(path), "format": "hermes", "variables": variables | (
                    {"enable_thinking": True} if thinking else {})} for path in files],
                "cases": [case for case in cases if (case["name"] == "thinking") == thinking], "checks": []}))
            lines = pathlib.Path(folder) / "cells.jsonl"
            run = subprocess.run([command, "prompts", "test", str(suite), "--jsonl", str(lines), "--failures", "0"],
                                 capture_output=True, text=True)
            if run.returncode not in (0, 100):
                sys.exit(f"{corpus.name}: {run.stderr}")
            for line in lines.read_text().splitlines():
                cell = json.loads(line)
                for check in cell["checks"]:
                    found[cell["template"]][cell["case"], check["check"]] = check["outcome"]

    def names(case, check, outcome="passed"):
        return [name for name, checks in found.items() if checks.get((case, check)) == outcome]

    calls = names("calls", "renders")
    shown = names("calls", "tool-calls-rendered")
    dropped, answers = set(calls) - set(shown), names("answer", "renders")
    def kept(case):
        tool = set(names(case, "prefix-preserving")) & set(shown)
        turn = set(names(case, "prefix-preserving user-turn")) & set(shown)
        return {"both": len(tool & turn), "a tool's answer only": len(tool - turn),
                "a user's turn only": len(turn - tool), "neither": len(set(shown) - tool - turn)}
    counts = {
        "templates": len(files), "render a plain conversation": len(names("plain", "renders")),
        "open <think>": len(names("plain", "opens-think")),
        "open <think> with enable_thinking": len(names("thinking", "opens-think")),
        "render tools": len(names("tools", "renders")),
        "ignore tools": len(names("tools", "tools-rendered", "failed")),
        "render a call": len(calls), "show the call": len(shown), "drop the call": len(dropped),
        "render a call and its answer": len(answers), "drop the call, of these": len(set(answers) & dropped),
        "drop the tool's answer": len(names("answer", "tool-results-rendered", "failed")),
        "render an earlier turn's call": len(names("history", "renders")),
        "drop an earlier turn's call": len(names("history", "tool-calls-rendered", "failed")),
        "drop an earlier turn's answer": len(names("history", "tool-results-rendered", "failed")),
        "drop false, 0 or null alone": len(set(names("constants", "tool-calls-rendered", "failed")) - dropped),
        "prefix-preserving": kept("calls"), "prefix-preserving with reasoning": kept("reasoning"),
        "raise on arguments as a string": len(names("string arguments", "renders", "failed")),
    }
    print(corpus.name, json.dumps(counts, indent=1))
    print("  not prefix-preserving for a tool's answer:", ", ".join(sorted(set(shown) - set(names("calls", "prefix-preserving")))))
    print("  open <think>:", ", ".join(names("plain", "opens-think")))
    print("  drop the call:", ", ".join(sorted(dropped)))
    print("  drop the answer:", ", ".join(names("answer", "tool-results-rendered", "failed")))
    print("  drop an earlier call, not the last:", ", ".join(sorted(set(names("history", "tool-calls-rendered", "failed")) - dropped)))
    print("  drop a constant:", ", ".join(sorted(set(names("constants", "tool-calls-rendered", "failed")) - dropped)))
    print("  ignore tools:", ", ".join(names("tools", "tools-rendered", "failed")))
