#!/usr/bin/env python3
"""Ten times the input may take at most twelve times the CPU time, whatever the input; or fifteen times without the kernel's part and twenty
with it, where large runs leave the caches and the kernel clears pages. What grows as a power of 1.5 takes 31 times.

usage: hostile_growth.py TOOLREWARD [--size BYTES] [--formats] [--only TEXT]
Each family is scored at SIZE and at ten times SIZE, by each reward and through `parse`; the best of three runs counts, the start of an empty run
is taken off; families of one format go through `parse` alone, and nothing else does with --formats. Where the smaller run takes too
little to be told from that start, or its data fits the caches and the larger run's does not, both sizes are doubled, twice at most:
what is not linear stays so. --only takes the families whose line begins with TEXT.
"""
import json, os, resource, subprocess, sys, tempfile

command = sys.argv[1]
MOST = 60 << 20  # bytes of a line; the command takes 64 MiB
only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
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

# Families of one format each, read with the tools below.
TOOLS = [{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "s": {"type": "string"}, "o": {"type": "object"}}}}]
XML = "<tool_call><function=f>"
BEGIN, CALL_BEGIN, SEP, CALL_END, END = "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"
FORMAT_FAMILIES = {
    "qwen3-coder": [
        ("calls", "", XML + "<parameter=a>1</parameter></function></tool_call>", ""), ("open calls", "", XML, ""),
        ("open values", "", XML + "<parameter=s>x", ""), ("values that never end", XML + "<parameter=s>", "x</parameter>y", ""),
        ("frames of values that never end", "", XML + "<parameter=s>x</parameter>y", ""), ("nested openers", XML + "<parameter=s>", "<parameter=x>", "</parameter></function></tool_call>"),
        ("balanced tags", XML + "<parameter=s>", "<parameter=x>1</parameter>", "</parameter></function></tool_call>"),
        ("closers", XML + "<parameter=s>", "</parameter>", "</function></tool_call>"), ("call closers", XML + "<parameter=s>", "</parameter></function>", ""),
        ("parameters", XML, "<parameter=a>1</parameter>", "</function></tool_call>"), ("unknown parameters", XML, "<parameter=z>1</parameter>", "</function></tool_call>"),
        ("objects", XML, '<parameter=o>{"k":1}</parameter>', "</function></tool_call>"), ("bad objects", XML, "<parameter=o>{</parameter>", "</function></tool_call>"),
        ("a long name", "<tool_call><function=", "f", ""), ("long names", "", "<function=" + "f" * 2000, ""), ("a long key", XML + "<parameter=", "k", ""),
        ("functions outside", "", "<function=f></function>", ""), ("text between", "<tool_call>", "<function=f></function>x", "</tool_call>"),
    ],
    "glm": [
        ("calls", "", "<tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>", ""), ("keys", "<tool_call>f", "<arg_key>a</arg_key>", "</tool_call>"),
        ("open values", "", "<tool_call>f<arg_key>s</arg_key><arg_value>x", ""), ("value openers", "<tool_call>f<arg_key>s</arg_key>", "<arg_value>", ""),
        ("long names", "", "<tool_call>" + "f" * 2000, ""),
    ],
    "deepseek-dsml": [
        ("calls", "", '<｜DSML｜tool_calls><｜DSML｜invoke name="f"><｜DSML｜parameter name="a" string="false">1</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>', ""),
        ("keys", '<｜DSML｜tool_calls><｜DSML｜invoke name="f">', '<｜DSML｜parameter name="', ""),
    ],
    "deepseek-v3.1": [
        ("sections", "", BEGIN, ""), ("call openers", BEGIN, CALL_BEGIN, ""), ("calls", BEGIN, CALL_BEGIN + "f" + SEP + "{}" + CALL_END, END),
        ("open strings", BEGIN, CALL_BEGIN + "f" + SEP + '{"a":"', ""), ("open arrays", BEGIN, CALL_BEGIN + "f" + SEP + "[", ""), ("names", BEGIN, CALL_BEGIN + "f" * 2000, ""),
    ],
    "kimi-k2": [("calls", "<|tool_calls_section_begin|>", "<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{}<|tool_call_end|>", "<|tool_calls_section_end|>"),
                ("digits", "<|tool_calls_section_begin|><|tool_call_begin|>f:", "1", "")],
    "mistral": [("calls", "", "[TOOL_CALLS]f[ARGS]{}", ""), ("openers", "", "[TOOL_CALLS]", ""), ("brackets", "", "[", ""), ("open arguments", "", '[TOOL_CALLS]f[ARGS]{"a":"', "")],
    "llama3-json": [("calls", "", '{"name":"f","parameters":{}};', '{"name":"f","parameters":{}}'), ("braces", "", "{", ""), ("tags", "", "<|python_tag|>{", ""), ("semicolons", '{"name":"f","parameters":{}}', ";", "")],
    "gemma-4": [("open strings", "", '<|tool_call>call:f{a:<|"|>x', ""), ("delimiters", '<|tool_call>call:f{a:', '<|"|>', ""), ("names", "<|tool_call>call:f{", "k:1,", "k:1}<tool_call|>"),
                ("arrays", "<|tool_call>call:f{a:[", "1,", "1]}<tool_call|>"), ("deep", "<|tool_call>call:f{a:", "[", "")],
    "harmony": [("starts", "", "<|start|>", ""), ("channels", "", "<|channel|>analysis", ""), ("bodies", "", "<|message|>", ""), ("ends", "", "<|end|>", ""),
                ("calls", "", "<|start|>assistant<|channel|>commentary to=functions.f<|message|>{}<|call|>", ""), ("open calls", "", '<|channel|>x to=functions.f<|message|>{"a":"', ""),
                ("words", "<|start|>", "to=f ", "<|message|>{}<|call|>")],
    "pythonic": [("calls", "[", "f(a=1),", "f(a=1)]"), ("arguments", "[f(", "a=1,", "a=1)]"), ("open arguments", "[f(", "a=1,", ""), ("deep lists", "[f(a=", "[", ""), ("deep calls", "[", "f(", ""),
                 ("bad calls", "[", "f(a=),", "f(a=1)]"), ("open strings", "[", "f(a='),", ""), ("quotes", "[f(a=", "'", ""), ("signs", "[f(a=", "-", "1)]"), ("sums", "[f(a=1", "+1", ")]"),
                 ("strings", "[f(a=", "'x' ", ")]"), ("one string", "[f(a='", "x", "')]"), ("escapes", "[f(a='", "\\n", "')]"), ("comparisons", "[f(a=1", "<1", ")]"), ("members", "[f(a={", "1:2,", "})]"),
                 ("attributes", "[f", ".g", "(a=1)]"), ("digits", "[f(a=", "9", ")]"), ("hexadecimal digits", "[f(a=0x", "f", ")]"), ("conditions", "[f(a=", "1 if 1 else ", "1)]"), ("lambdas", "[f(a=", "lambda:", "1)]"),
                 ("formatted strings", "[f(a=f'", "{x}", "')]"), ("nested formatted strings", "[f(a=", "f'{", "")],
    "olmo3": [("lines", "<function_calls>", "f(a=1)\n", "</function_calls>"), ("bad lines", "<function_calls>", "f(a=\n", "</function_calls>"), ("frames", "", "<function_calls>f(", "")],
    "bfcl-v4": [("calls", "[", "f(a=1),", "f(a=1)]"), ("sums", "[f(a=1", "+1", ")]"), ("products", "[f(a=1", "*9", ")]"), ("powers", "[f(a=9", "**9", ")]"), ("repeated strings", "[f(a='x'", "*9", ")]"),
                ("subscripts", "[f(a=x", "[1]", ")]"), ("calls in calls", "[f(a=", "g(", ""), ("arguments", "[f(", "1,", "a=1)]"), ("members", "[f(a={", "1:2,", "})]"), ("brackets", "", "[", ""), ("quotes", "", "'", ""),
                ("prose", "", "the answer is 42. ", "")],
}
# Arguments in Java and JavaScript, by the reward `bfcl`: the type, the category and the text.
BFCL_FAMILIES = {
    "an object": ("dict", "simple_javascript", "{", "a", "}"), "braces": ("dict", "simple_javascript", "", "{", ""), "pairs": ("dict", "simple_javascript", "{", "a: 1, ", "}"),
    "colons": ("dict", "simple_javascript", "{", ":", "}"), "brackets": ("array", "simple_javascript", "", "[", ""), "rows": ("array", "simple_javascript", "[", "[1], ", "[1]]"),
    "new arrays": ("array", "simple_javascript", "", "new Array(", ""), "open maps": ("HashMap", "simple_java", "", "new HashMap<", ""),
    "puts": ("HashMap", "simple_java", "new HashMap<>() {{ ", 'put("k", 1); ', "}}"), "open puts": ("HashMap", "simple_java", "new HashMap<>() {{ ", 'put("', "}}"),
    "open arrays": ("Array", "simple_java", "", "new int[] {", ""), "open lists": ("ArrayList", "simple_java", "", "new ArrayList<>(Arrays.asList(", ""),
    "adds": ("ArrayList", "simple_java", "new ArrayList<>() {{ ", "add(1); ", "}}"), "open adds": ("ArrayList", "simple_java", "new ArrayList<>() {{ ", "add(", "}}"),
    "digits": ("integer", "simple_java", "", "1", ""), "spaces": ("HashMap", "simple_java", "new", " ", "HashMap"),
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
        user, kernel = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        best = (user, user + kernel) if best is None else (min(best[0], user), min(best[1], user + kernel))
    return best


failed = 0
with tempfile.TemporaryDirectory() as folder:
    def written(completion, name):
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write(json.dumps({"completion": completion, "ground_truth": [{"name": "f", "arguments": {"a": 1}}], "tools": TOOLS}) + "\n")
        return path

    def written_for_bfcl(type, category, argument, name):
        path = os.path.join(folder, name)
        call = json.dumps({"name": "f", "arguments": {"a": argument}})
        items = {"items": {"type": "String" if "java" == category[-4:] else "integer"}} if "rray" in type else {}
        truth = {"function": [{"name": "f", "parameters": {"type": "dict", "properties": {"a": {"type": type, **items}}, "required": ["a"]}}],
                 "possible_answer": [{"f": {"a": [1]}}], "category": category}
        with open(path, "w") as f:
            f.write(json.dumps({"completion": f"<tool_call>\n{call}\n</tool_call>", "ground_truth": truth}) + "\n")
        return path

    empty = written("", "empty")
    runs = [["score"], ["score", "--reward", "tool-n1-v4", "--view", "conversation"], ["score", "--reward", "exact-match", "--format", "hermes"],
            ["score", "--reward", "strict"], ["score", "--reward", "tool-rl"], ["parse", "--format", "hermes"]]
    def grows_too_fast(arguments, make, written=written):
        start = seconds(arguments, empty)
        for scale in (size, 2 * size, 4 * size):
            small, large = written(make(scale), "small"), written(make(scale * 10), "large")
            if scale > size and os.path.getsize(large) > MOST: break
            one = [max(used - least, 0.004) for used, least in zip(seconds(arguments, small), start)]
            if one[0] < 0.05 and scale < 4 * size and 2 * os.path.getsize(large) <= MOST: continue
            ten = [used - least for used, least in zip(seconds(arguments, large), start)]
            if ten[1] / one[1] <= 12 or ten[0] / one[0] <= 15 and ten[1] / one[1] <= 20: return ""
        return f"  FAILED {' '.join(arguments)}: {one[1]:.3f} s, then {ten[1]:.3f} s; without the kernel {one[0]:.3f} s, then {ten[0]:.3f} s"

    count = 0
    for name, (type, category, *parts) in () if "--formats" in sys.argv else BFCL_FAMILIES.items():
        if not f"bfcl, {name}".startswith(only): continue
        # A tenth: Python's patterns cost more a byte.
        worst = grows_too_fast(["score", "--reward", "bfcl", "--format", "hermes"], lambda n: fill(*parts, n // 10),
                               lambda argument, name: written_for_bfcl(type, category, argument, name))
        count, failed = count + 1, failed + (worst != "")
        print(f"bfcl, {name}: {'ok' if not worst else worst}", flush=True)
    for name in () if "--formats" in sys.argv else FAMILIES:
        if not name.startswith(only): continue
        worst = "".join(grows_too_fast(arguments, lambda n: text(name, n)) for arguments in runs)
        count, failed = count + 1, failed + (worst != "")
        print(f"{name}: {'ok' if not worst else worst}", flush=True)
    for format, families in FORMAT_FAMILIES.items():
        for name, *parts in families:
            if not f"{format}, {name}".startswith(only): continue
            worst = grows_too_fast(["parse", "--format", format], lambda n: fill(*parts, n))
            count, failed = count + 1, failed + (worst != "")
            print(f"{format}, {name}: {'ok' if not worst else worst}", flush=True)
print(f"{count - failed} passed, {failed} failed")
sys.exit(failed > 0)
