#!/usr/bin/env python3
"""Ten times the input may take at most twelve times the CPU time, whatever the input.

usage: hostile_growth.py TOOLREWARD [--size BYTES]
Each family is scored at SIZE and at ten times SIZE, by each reward and through `parse`; the best of three runs counts, the start of an empty run
is taken off. Where the smaller run takes too little to be told from that start, both sizes are doubled, twice at most.
"""
import json, os, resource, subprocess, sys, tempfile

command = sys.argv[1]
size = int(sys.argv[sys.argv.index("--size") + 1]) if "--size" in sys.argv else 1 << 20
CALL = '{"name":"f","arguments":{"a":1}}'


def fill(head, unit, tail, n):
    return head + unit * max(1, (n - len(head) - len(tail)) // len(unit)) + tail


FAMILIES = {
    "openers": ("", "<tool_call>", ""), "closers": ("", "</tool_call>", ""), "think openers": ("", "<think>", ""),
    "think closers": ("", "</think>", ""), "open objects": ("", '<tool_call>{"a":', ""), "open strings": ("", '<tool_call>["', ""),
    "open arrays": ("", "<tool_call>[1,", ""), "escaped openers": ("<tool_call>{\"a\":\"", '<tool_call>{\\"a\\":\\"', ""),
    "empty frames": ("", "<tool_call></tool_call>", ""), "whole frames": ("<think>x</think>", f"<tool_call>{CALL}</tool_call>", ""),
    "frames with escapes": ("<think>x</think>", '<tool_call>{"name":"f","arguments":{"a":"x\\ny"}}</tool_call>', ""),
    "open frames with escapes": ("", '<tool_call>{"name":"f","arguments":{"a":"x\\ny"}}', ""),
    "reversed calls": None,
    "bad frames": ("<think>x</think>", "<tool_call>{\"name\":oops}</tool_call>", ""),
    "one deep value": ("<think>x</think><tool_call>", "[", "</tool_call>"), "spaces": ("<tool_call>", " ", "x</tool_call>"),
    "one long string": ('<think>x</think><tool_call>[{"name":"f","arguments":{"a":"', "x", '"}}]</tool_call>'),
    "backslashes": ('<think>x</think><tool_call>["', "\\\\", '"]</tool_call>'), "escapes": ('<think>x</think><tool_call>["', "\\u00e9", '"]</tool_call>'),
    "lone surrogates": ('<think>x</think><tool_call>["', "\\ud800", '"]</tool_call>'),
    "not a number": ("<think>x</think><tool_call>[", "NaN,", "1]</tool_call>"),
    "many calls": ("<think>x</think><tool_call>[", CALL + ",", CALL + "]</tool_call>"),
    "many members": None, "same members": ('<think>x</think><tool_call>{"name":"f","arguments":{', '"a":1,', '"a":1}}</tool_call>'),
    "a long number": ('<think>x</think><tool_call>[{"name":"f","arguments":{"a":', "9", "}}]</tool_call>"),
    "a long fraction": ('<think>x</think><tool_call>[{"name":"f","arguments":{"a":0.', "9", "}}]</tool_call>"),
    "angle brackets": ("", "<", ""), "markers in a string": ('<think>x</think><tool_call>["', "</tool_call><think>", '"]</tool_call>'),
    "assistant markers": ("", "<|im_start|>assistant", ""), "terminators": ("x", "<|im_end|>", ""), "line feeds": ("x", "\n", ""),
    "NUL": ("", "\0", ""), "accents": ("", "é", ""),
}


def text(name, n):
    if name == "many members":
        members, length = [], 0
        while length < n:
            members.append(f'"k{len(members)}":1')
            length += len(members[-1]) + 1
        return '<think>x</think><tool_call>[{"name":"f","arguments":{' + ",".join(members) + "}}]</tool_call>"
    if name == "reversed calls":
        calls, length = [], 0
        while length < n:
            calls.append(f'{{"name":"f{len(calls)}","arguments":{{}}}}')
            length += len(calls[-1]) + 1
        return "<think>x</think><tool_call>[" + ",".join(reversed(calls)) + "]</tool_call>"
    return fill(*FAMILIES[name], n)


def seconds(arguments, path):
    best = None
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([command, *arguments, path, "-o", os.devnull], stderr=subprocess.PIPE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode in (0, 1), (arguments, done.returncode, done.stderr)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = used if best is None else min(best, used)
    return best


failed = 0
with tempfile.TemporaryDirectory() as folder:
    def written(completion, name):
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write(json.dumps({"completion": completion, "ground_truth": [{"name": "f", "arguments": {"a": 1}}]}) + "\n")
        return path

    empty = written("", "empty")
    runs = [["score"], ["score", "--reward", "tool-n1-v4", "--view", "conversation"], ["score", "--reward", "exact-match", "--format", "hermes"],
            ["score", "--reward", "strict"], ["score", "--reward", "tool-rl"], ["parse", "--format", "hermes"]]
    for name in FAMILIES:
        worst = ""
        for arguments in runs:
            start = seconds(arguments, empty)
            for scale in (size, 2 * size, 4 * size):
                one = max(seconds(arguments, written(text(name, scale), "small")) - start, 0.004)
                if one >= 0.02: break
            ten = seconds(arguments, written(text(name, scale * 10), "large")) - start
            if ten / one > 12:
                failed += 1
                worst += f"  FAILED {' '.join(arguments)}: {one:.3f} s, then {ten:.3f} s"
        print(f"{name}: {'ok' if not worst else worst}", flush=True)
print(f"{len(FAMILIES) - failed} passed, {failed} failed")
sys.exit(failed > 0)
