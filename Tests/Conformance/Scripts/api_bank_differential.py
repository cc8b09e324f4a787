#!/usr/bin/env python3
"""API-Bank by ToolRL's rule: the answers of all samples fed back and mutated, judged here by a transcription of the rule of its own.

usage: api_bank_differential.py DATA_FOLDER [--seed N] [--per-sample N] [-- COMMAND ARGUMENT...]
DATA_FOLDER holds level-{1,2,3}-api_processed.json. COMMAND reads rows {"id", "level", "raw"} from standard input and writes rows {"id",
"valid"} in their order; each must say what the transcription says. Without a command the rows are printed with "valid" and "mutation".
"""
import copy, json, random, subprocess, sys

arguments = sys.argv[1:]
command = arguments[arguments.index("--") + 1:] if "--" in arguments else []
arguments = arguments[: arguments.index("--")] if "--" in arguments else arguments
option = lambda name, default: int(arguments[arguments.index(name) + 1]) if name in arguments else default
folder, seed, per_sample = arguments[0], option("--seed", 7), option("--per-sample", 40)


def read_calls(response):
    """The values of the lines between the tags; what is not JSON is passed over."""
    inside = response.strip().rpartition("<tool_call>")[2].partition("</tool_call>")[0].strip()
    values = []
    for line in inside.split("\n"):
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            continue
    return values


def judge(values, truth):
    for value in values:
        try:
            value = json.loads(value) if isinstance(value, str) else value
            whole = "name" in value and "parameters" in value
            called = (value["name"], value["parameters"]) if whole else (truth["name"], value)
        except (TypeError, ValueError, RecursionError):
            return False
        if called[0] == truth["name"] and called[1] == truth["parameters"]:
            return True
    return False


def other(value, rng):
    return rng.choice([value + "x", value.upper(), value.swapcase(), " " + value, value[:-1], "", None, 0, 1.0, True, [value], {"v": value},
                       value.replace("0", "\u0660"), value.replace("e", "e\u0301")])


def mutated_call(truth, rng):
    call = copy.deepcopy(truth)
    keys = list(call["parameters"])
    kind = rng.choice(["same", "value", "drop", "add", "rename", "name", "order", "bare", "nameless", "parameterless", "extra_key", "list"])
    if kind == "value" and keys:
        key = rng.choice(keys)
        call["parameters"][key] = other(call["parameters"][key], rng)
    elif kind == "drop" and keys:
        del call["parameters"][rng.choice(keys)]
    elif kind == "add":
        call["parameters"][rng.choice(["extra", "name", "parameters", ""])] = rng.choice(["", "x", None, 1])
    elif kind == "rename" and keys:
        key = rng.choice(keys)
        call["parameters"][rng.choice([key.upper(), key + "_", " " + key])] = call["parameters"].pop(key)
    elif kind == "name":
        call["name"] = rng.choice([call["name"].lower(), call["name"] + " ", None, 1, [call["name"]], "ToolSearcher"])
    elif kind == "order":
        call = {"parameters": dict(reversed(call["parameters"].items())), "name": call["name"]}
    elif kind == "bare":
        call = call["parameters"]
    elif kind == "nameless":
        del call["name"]
    elif kind == "parameterless":
        call = {"name": call["name"], "arguments": call["parameters"]}
    elif kind == "extra_key":
        call["id"] = 1
    elif kind == "list":
        call = [call]
    return kind, call


def spelled(call, rng):
    text = json.dumps(call, ensure_ascii=rng.random() < 0.5)
    return rng.choice([text] * 6 + [
        json.dumps(text), json.dumps(json.dumps(text)), json.dumps(call, indent=1), text + ",", text[:-1], text.replace('"', "'"), "\u00a0" + text,
        "\t " + text + " \r", "\ufeff" + text, "```" + text, text + text, json.dumps(call, separators=(",", ":")), text.replace("\\", "\\\\"),
        text.replace("{", '{"name": "first", ', 1), "\x0b" + text])


LINES = ["5", "-1.5", "true", "null", '"x"', '"name parameters"', "[]", "[1]", '["name"]', '["name", "parameters"]', "{}", '""', "NaN",
         "Infinity", "{", "not JSON", "", "   ", "\u2003", '{"name": "x"}', '{"a": NaN}', '"\\ud800"', '{"a": "\\ud83d\\ude00"}',
         "1" * 4300, "1" * 4301, '{"a": -' + "9" * 4301 + "}", '"5"', '"[]"', '"\\"name parameters\\""', "[" * 900 + "]" * 900,
         "[" * 1100 + "]" * 1100]


def response(truth, rng):
    kind, call = mutated_call(truth, rng)
    lines = [spelled(call, rng)]
    if rng.random() < 0.45:
        for _ in range(rng.randint(1, 3)):
            extra = rng.choice(LINES) if rng.random() < 0.8 else spelled(mutated_call(truth, rng)[1], rng)
            lines.insert(rng.randint(0, len(lines)), extra)
    body = rng.choice(["\n", "\n", "\n", "\r\n", "\n\n", "\u2028", " \n\t"]).join(lines)
    before = rng.choice(["<think> I call it. </think>\n", "", "Text\n", '<tool_call>\n{"name": "x", "parameters": {}}\n</tool_call>\n',
                         "<think><tool_call></think>", "</tool_call>"])
    after = rng.choice(["\n<response> Done. </response>", "", "\n\u3000", "</tool_call>", "\n" + rng.choice(LINES),
                        "\n<tool_call>" if rng.random() < 0.3 else ""])
    opening, closing = rng.choice([("<tool_call>\n", "\n</tool_call>")] * 6 + [
        ("<tool_call>", "</tool_call>"), ("<tool_call>\n", ""), ("", ""), ("", "\n</tool_call>"), ("<Tool_call>\n", "\n</tool_call>"),
        ("<tool_call>\u00a0\n", "\x1c</tool_call>"), ("<tool_call>\n<tool_call>\n", "\n</tool_call>\n</tool_call>")])
    return kind, before + opening + body + closing + after


rows, rng = [], random.Random(seed)
for level in (1, 2, 3):
    for index, sample in enumerate(json.load(open(f"{folder}/level-{level}-api_processed.json"))):
        truth = sample["answer"][0] if isinstance(sample["answer"], list) else sample["answer"]
        cases = [("answer", f"<think> . </think>\n<tool_call>\n{json.dumps(truth)}\n</tool_call>")]
        cases += [response(truth, rng) for _ in range(per_sample)]
        for mutation, raw in cases:
            rows.append({"id": f"Level{level}_{index}", "level": level, "raw": raw, "mutation": mutation, "valid": judge(read_calls(raw), truth)})

if not command:
    for row in rows:
        print(json.dumps(row))
    sys.exit()
lines = "".join(json.dumps({key: row[key] for key in ("id", "level", "raw")}) + "\n" for row in rows)
output = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
verdicts = [json.loads(line) for line in output.splitlines()]
differences = [(row, verdict) for row, verdict in zip(rows, verdicts) if (row["id"], row["valid"]) != (verdict["id"], verdict["valid"])]
for row, verdict in differences[:10]:
    print(row, verdict, file=sys.stderr)
print(f"{len(rows)} responses, {sum(row['valid'] for row in rows)} right: {len(verdicts)} verdicts, {len(differences)} differences")
sys.exit(bool(differences) or len(verdicts) != len(rows))
