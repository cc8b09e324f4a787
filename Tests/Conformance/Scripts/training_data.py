#!/usr/bin/env python3
"""Checks of `toolreward import | prepare | audit` that need Python, or much data.

  training_data.py TOOLREWARD round-trip DATA_FOLDER   each writer's rows, read again, are the same tasks; every row of every file is told of
  training_data.py TOOLREWARD readers                  datasets, pyarrow and verl's RLHFDataset (each if it is installed) read what is written
  training_data.py TOOLREWARD speed                    CPU and wall time beside the published steps in Python, on the same rows
  training_data.py TOOLREWARD memory [GB]              peak memory on a large file: 2 GB by default, made in a temporary folder and deleted
  training_data.py TOOLREWARD hostile                  half a file, another encoding, a 100 MB line, a folder, no permission

The Python steps of `speed` are a transcript of what NVlabs/Tool-N1's raw_data_process.py and verl_toolcall_preprocess.py do to a row, with `datasets`
where it is installed, as there, and with plain lines of JSON, which is faster, where it is not.
"""
import ast
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

command = sys.argv[1]


def run(*arguments, check=True, **options):
    done = subprocess.run([command, *map(str, arguments)], capture_output=True, **options)
    if check and done.returncode:
        raise SystemExit(f"{arguments}: status {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return done


# MARK: rows

TOOL = ["get_weather", "book_hotel", "find_route", "convert_currency", "search_flights", "set_alarm", "translate", "list_events"]
WORDS = "the a weather hotel in Paris Rome Oslo for two nights please find me cheapest route from to tomorrow at noon é 日本".split()


def rows(count, seed=1):
    random.seed(seed)
    for number in range(count):
        tools, answers, python = [], [], []
        for name in random.sample(TOOL, random.randint(1, 4)):
            parameters = {}
            for key in random.sample(["city", "days", "unit", "limit", "tags"], random.randint(1, 4)):
                kind = {"city": "str", "days": "int", "unit": "str, optional", "limit": "int, optional", "tags": "List[str]"}[key]
                parameters[key] = {"description": " ".join(random.choices(WORDS, k=12)), "type": kind}
                if "optional" in kind:
                    parameters[key]["default"] = "x" if "str" in kind else 3
            tools.append({"name": name, "description": " ".join(random.choices(WORDS, k=16)), "parameters": parameters})
        for tool in random.sample(tools, random.randint(1, len(tools))):
            arguments = {}
            for key, value in tool["parameters"].items():
                arguments[key] = {"s": " ".join(random.choices(WORDS, k=3)), "i": random.randint(1, 99), "L": ["a", "b"]}[value["type"][0]]
            answers.append({"name": tool["name"], "arguments": arguments})
            python.append(tool["name"] + "(" + ", ".join(f"{k}={json.dumps(v)}" for k, v in arguments.items()) + ")")
        yield number, " ".join(random.choices(WORDS, k=30)) + f" ({number})", tools, answers, "[" + ", ".join(python) + "]"


def xlam(number, query, tools, answers, _):
    return {"id": number, "query": query, "answers": json.dumps(answers), "tools": json.dumps(tools)}


def toolace(number, query, tools, answers, python):
    system = (
        "You are an expert in composing functions.\nHere is a list of functions in JSON format that you can invoke:\n"
        + json.dumps(tools) + ". \nShould you decide to return the function call(s). \nPut it in the format of [func1(x=1)]\n"
    )
    return {
        "system": system,
        "conversations": [
            {"from": "human", "value": query},
            {"from": "gpt", "value": python},
            {"from": "observation", "value": json.dumps([{"name": answers[0]["name"], "results": {"ok": True}}])},
            {"from": "gpt", "value": "It is done: " + query},
            {"from": "human", "value": "And again, " + query},
            {"from": "gpt", "value": python},
        ],
    }


# MARK: the published steps, transcribed

MARKER = "Here is a list of functions in JSON format that you can invoke:\n"
PROMPT = "# Tool\n\n" + MARKER + "\n<tools>\n%s\n</tools>\n\n" + "In each action step, you MUST: \n" + "x" * 900
CALL = re.compile(r"([a-zA-Z0-9\._\?\|\s\-]+)\((.*?)\)")
CALLS = re.compile(r"^\[\s*([a-zA-Z0-9\._\?\|\s\-/]+\(.*?\)\s*)(,\s*[a-zA-Z0-9\._\?\|\s\-/]+\(.*?\)\s*)*\]$")


def arguments_of(text):
    items, current, levels, quote = [], [], {"(": 0, "[": 0, "{": 0}, None
    closing = {")": "(", "]": "[", "}": "{"}
    for char in text:
        if quote:
            if char == quote:
                quote = None
        elif char in "'\"":
            quote = char
        elif char in levels:
            levels[char] += 1
        elif char in closing:
            levels[closing[char]] -= 1
        elif char == "," and not any(levels.values()):
            items.append("".join(current).strip())
            current = []
            continue
        current.append(char)
    if current:
        items.append("".join(current).strip())
    found = {}
    for item in items:
        if "=" in item:
            key, value = item.split("=", 1)
            try:
                found[key.strip()] = ast.literal_eval(value.strip())
            except Exception:
                found[key.strip()] = value.strip().strip("'\"")
    return found


def published(paths, output):
    tasks = []
    for path in paths:
        data = json.load(open(path))
        for row in data:
            if "system" not in row:
                tools = json.loads(row["tools"])
                calls = [json.loads(json.dumps(call)) for call in json.loads(row["answers"])]
                tasks.append({"raw_system": "system text", "tools": tools, "conversations": [{"from": "human", "value": row["query"]}], "answer": calls})
                continue
            found = re.search(re.escape(MARKER) + r"(.*?)\nShould you decide to return the function call\(s\).", row["system"], re.DOTALL)
            if not found:
                continue
            tools = json.loads(found.group(1).strip()[:-2] + "]")
            packed = json.dumps(tools)
            system = row["system"][: row["system"].find(MARKER) + len(MARKER)]
            turns = []
            for turn in row["conversations"]:
                if turn["from"] == "gpt" and turn["value"].startswith("[") and turn["value"].endswith("]"):
                    calls = [(name.strip(), arguments_of(text)) for name, text in CALL.findall(turn["value"])]
                    if calls and CALLS.match(turn["value"].strip()):
                        turn = {"from": "function_call", "value": json.dumps([{"name": n, "arguments": a} for n, a in calls])}
                turns.append(turn)
            for index, turn in enumerate(turns):
                if turn["from"] == "function_call":
                    answer = json.loads(turn["value"])
                    names = {tool["name"] for tool in json.loads(packed)}
                    if all(call["name"] in names for call in answer):
                        tasks.append({"raw_system": system, "tools": json.loads(packed), "conversations": turns[:index], "answer": answer})
    with open(output + ".raw", "w") as file:
        json.dump(tasks, file, ensure_ascii=False, indent=4)
    tasks = json.load(open(output + ".raw"))
    random.shuffle(tasks)
    roles = {"human": "user", "gpt": "assistant", "observation": "tool", "function_call": "assistant"}

    def row_of(task, index):
        packed = task["tools"]
        lines = "\n".join(json.dumps({"type": "function", "function": tool}) for tool in json.loads(packed))
        prompt = [{"role": "system", "content": task["raw_system"] + PROMPT % lines}]
        for turn in task["conversations"]:
            value = json.dumps(turn["value"]) if turn["from"] == "function_call" else turn["value"]
            prompt.append({"role": roles[turn["from"]], "content": value})
        answer = task["answer"]
        return {
            "data_source": "toolcall", "prompt": prompt, "ability": "toolcall",
            "reward_model": {"style": "rule", "ground_truth": answer},
            "extra_info": {"split": "train", "index": index, "prompt_type": "qwen"},
        }

    columns = {
        "tools": [json.dumps(task["tools"]) for task in tasks],
        "conversations": [task["conversations"] for task in tasks],
        "answer": [json.dumps(task["answer"]) for task in tasks],
        "raw_system": [task["raw_system"] for task in tasks],
    }
    try:
        import datasets

        datasets.disable_progress_bars()
        data = datasets.Dataset.from_dict(columns)
        data.map(function=row_of, with_indices=True).to_parquet(output)
    except ImportError:
        with open(output, "w") as file:
            for index in range(len(tasks)):
                task = {name: column[index] for name, column in columns.items()}
                file.write(json.dumps({**task, **row_of(task, index)}, ensure_ascii=False) + "\n")
    return len(tasks)


# MARK: checks


def round_trip(folder):
    files = []
    for base, _, names in os.walk(folder):
        files += [os.path.join(base, name) for name in names if name.endswith((".json", ".jsonl"))]
    files = sorted(file for file in files if any(part in file for part in ("/datasets/", "/api-bank/")))
    answers = [file for file in files if file.endswith(".answer.json")]
    options = [part for file in answers for part in ("--answers", file)]
    work = tempfile.mkdtemp()
    try:
        report = os.path.join(work, "report.json")
        native = os.path.join(work, "native.jsonl")
        run("prepare", *files, *options, "--no-filter", "--dedup", "none", "--no-shuffle", "-o", native, "--report", report, check=False)
        told = json.load(open(report))
        failures = 0
        for file, counts in told.items():
            lost = sum(counts["dropped"].values())
            cut = sum(counts.get(kind, {}).get("cut", 0) for kind in ("single_turn", "multi_turn"))
            if counts["tasks"] != cut or (counts["tasks"] == 0 and counts["rows"] != lost):
                print("not explained:", file, counts)
                failures += 1
        tasks = [json.loads(line) for line in open(native)]
        plain = ["--no-filter", "--dedup", "none", "--no-shuffle", "-q"]
        for shape in ("toolreward", "verl", "trl", "openai", "nemo-gym", "llamafactory"):
            written, again = os.path.join(work, shape), os.path.join(work, shape + ".again")
            run("prepare", native, "--to", shape, *plain, "-o", written)
            run("prepare", written, *plain, "-o", again)
            back = [json.loads(line) for line in open(again)]
            differ = len(tasks) != len(back)
            differ += sum(task_of(a) != task_of(b) for a, b in zip(tasks, back))
            print(f"{shape}: {len(back)} tasks again, {differ} differ")
            failures += differ
        print(f"{len(told)} files, {len(tasks)} tasks")
        return failures == 0
    finally:
        shutil.rmtree(work)


def first_values(call):
    arguments = dict(call["arguments"])
    for name, values in call.get("accepted", {}).items():
        if name not in call.get("optional", []):
            arguments[name] = values[0]
    return {"name": call["name"], "arguments": arguments}


def task_of(record):
    """What a task is, but for how its tools are written and what shapes have no place for: reasoning and several right values."""
    return json.dumps(
        [
            [(m["role"], m["content"], [first_values(c) for c in m.get("tool_calls", [])]) for m in record["messages"]],
            [(t.get("function") or t).get("name") if isinstance(t, dict) else t for t in record["tools"]],
            [first_values(c) for c in record["ground_truth"]],
        ],
        sort_keys=True,
    )


def readers():
    work = tempfile.mkdtemp()
    try:
        source = os.path.join(work, "rows.json")
        some = [xlam(*row) for row in rows(200)] + [toolace(*row) for row in rows(100, 2)]
        json.dump(some, open(source, "w"))
        seen = 0
        for shape in ("verl", "trl", "openai", "nemo-gym", "llamafactory", "toolreward"):
            path = os.path.join(work, shape + ".jsonl")
            extra = ["--tools-as-text"] if shape == "trl" else []
            run("prepare", source, "--to", shape, "-q", "-o", path, *extra)
            count = sum(1 for _ in open(path))
            if shape in ("verl", "trl"):
                try:
                    import datasets

                    data = datasets.load_dataset("json", data_files=path, split="train", cache_dir=os.path.join(work, "cache"))
                    assert len(data) == count, (len(data), count)
                    if shape == "verl":
                        assert [m["role"] for m in data[0]["prompt"]][0] == "system"
                        json.loads(data[0]["reward_model"]["ground_truth"])
                    print(f"datasets {datasets.__version__}: {shape}, {count} rows")
                    seen += 1
                except ImportError:
                    print("SKIPPED: datasets is not installed")
                try:
                    import pyarrow
                    import pyarrow.json
                    import pyarrow.parquet

                    table = pyarrow.json.read_json(path, read_options=pyarrow.json.ReadOptions(block_size=64 << 20))
                    pyarrow.parquet.write_table(table, path + ".parquet")
                    assert pyarrow.parquet.read_table(path + ".parquet").num_rows == count
                    print(f"pyarrow {pyarrow.__version__}: {shape}, {count} rows to Parquet and back")
                    seen += 1
                    again = os.path.join(work, shape + ".rows")
                    with open(again, "w") as file:
                        for row in pyarrow.parquet.read_table(path + ".parquet").to_pylist():
                            file.write(json.dumps(row) + "\n")
                    back = run("import", again, "-o", os.devnull).stderr.decode()
                    assert f"{count:,} records" in back, back
                except ImportError:
                    print("SKIPPED: pyarrow is not installed")
        try:
            seen += verl_dataset(os.path.join(work, "verl.jsonl.parquet"))
        except ImportError as error:
            print("SKIPPED: verl's RLHFDataset:", error)
        return seen > 0
    finally:
        shutil.rmtree(work)


def verl_dataset(path):
    from omegaconf import OmegaConf
    from verl.utils.dataset.rl_dataset import RLHFDataset

    class Tokenizer:
        """Just enough of one: no model is at hand."""

        pad_token_id = 0
        chat_template = "x"

        def apply_chat_template(self, messages, add_generation_prompt=True, tokenize=False, **_):
            text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages) + "<|im_start|>assistant\n"
            return list(text.encode()) if tokenize else text

        def encode(self, text, add_special_tokens=False):
            return list(text.encode())

        def __call__(self, text, return_tensors=None, add_special_tokens=False):
            import torch

            ids = torch.tensor([list(text.encode())])
            return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}

    config = OmegaConf.create({"prompt_key": "prompt", "max_prompt_length": 100000, "filter_overlong_prompts": False, "truncation": "error", "cache_dir": os.path.dirname(path)})
    data = RLHFDataset(data_files=path, tokenizer=Tokenizer(), config=config)
    row = data[0]
    assert row["data_source"] == "toolcall" and row["reward_model"]["style"] == "rule", row.keys()
    assert row["raw_prompt"][0]["role"] == "system"
    print(f"verl's RLHFDataset: {len(data)} rows")
    return 1


def speed():
    work = tempfile.mkdtemp()
    try:
        paths = [os.path.join(work, name) for name in ("xlam.json", "toolace.json")]
        json.dump([xlam(*row) for row in rows(20000)], open(paths[0], "w"))
        json.dump([toolace(*row) for row in rows(5000, 2)], open(paths[1], "w"))
        size = sum(os.path.getsize(path) for path in paths) / 1e6
        worst = 0
        for attempt in range(3):
            before, begun = resource.getrusage(resource.RUSAGE_SELF), time.time()
            count = published(paths, os.path.join(work, "published.jsonl"))
            after, ended = resource.getrusage(resource.RUSAGE_SELF), time.time()
            python = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - begun)
            before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
            run("prepare", *paths, "--to", "verl", "--compat", "tool-n1", "-q", "-o", os.path.join(work, "ours.jsonl"))
            after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
            ours = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - begun)
            lines = sum(1 for _ in open(os.path.join(work, "ours.jsonl")))
            assert lines == count, (lines, count)
            print(
                f"{size:.0f} MB, {count} tasks: Python {python[0]:.2f} s CPU, {python[1]:.2f} s; toolreward {ours[0]:.2f} s CPU, {ours[1]:.2f} s; "
                f"{python[0] / ours[0]:.1f} and {python[1] / ours[1]:.1f} times"
            )
            worst = max(worst, python[1] / ours[1])
        return worst >= 10
    finally:
        shutil.rmtree(work)


def memory(gigabytes):
    work = tempfile.mkdtemp()
    try:
        path = os.path.join(work, "large.json")
        block = [json.dumps(xlam(*row)) for row in rows(5000)]
        size = count = 0
        with open(path, "w") as file:
            file.write("[")
            while size < gigabytes * 1e9:
                for row in block:
                    # Each row is its own: none is a duplicate.
                    text = row.replace('"query": "', f'"query": "{count} ', 1)
                    file.write(("," if count else "") + text)
                    size += len(text) + 1
                    count += 1
            file.write("]")
        print(f"{os.path.getsize(path) / 1e9:.2f} GB, {count} rows, one line")
        good = True
        for arguments, bound in (
            (["import", path, "-q", "-o", "/dev/null"], 128),
            (["audit", path], 128),
            (["prepare", path, "--to", "verl", "--dedup", "near", "-q", "-o", "/dev/null"], 128 + count * 64 / 2**20),
        ):
            begun = time.time()
            child = subprocess.Popen([command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            peak = usage.ru_maxrss / 1024
            print(f"{arguments[0]}: status {os.waitstatus_to_exitcode(status)}, {time.time() - begun:.1f} s, {peak:.0f} MiB of at most {bound:.0f}")
            good = good and peak <= bound and os.waitstatus_to_exitcode(status) == 0
        return good
    finally:
        shutil.rmtree(work)


def hostile():
    work = tempfile.mkdtemp()
    failures = []

    def expect(name, arguments, status, *said, lines=None, **options):
        done = run(*arguments, check=False, **options)
        text = done.stderr.decode()
        kept = done.stdout.count(b"\n")
        if done.returncode != status or any(part not in text for part in said) or (lines is not None and kept != lines):
            failures.append(name)
            print(f"FAILED {name}: status {done.returncode}, {kept} lines, {text[-500:]}")
        else:
            print(f"{name}: status {status}, {kept} lines kept")

    try:
        good = [json.dumps(xlam(*row)) for row in rows(50)]
        path = os.path.join(work, "data")

        def write(data):
            with open(path, "wb") as file:
                file.write(data)
            return path

        array = ("[" + ",\n".join(good) + "]").encode()
        expect("half an array", ["import", write(array[: len(array) // 2])], 1, f"{path}:", "cut off", lines=20)
        lines = "\n".join(good).encode()
        expect("half a file of lines", ["import", write(lines[: len(lines) - 40])], 1, f"{path}:50:", lines=49)
        expect("Latin-1", ["import", write(lines + b'\n{"query": "caf\xe9"}\n')], 1, f"{path}:51:", "UTF-8", lines=50)
        expect("UTF-16", ["import", write("\n".join(good).encode("utf-16"))], 65, "UTF-16")
        expect("gzip", ["import", write(b"\x1f\x8b\x08\x00" + os.urandom(500))], 65, "compressed")
        expect("Parquet", ["import", write(b"PAR1" + os.urandom(500))], 65, "Parquet")
        expect("a byte order mark", ["import", write(b"\xef\xbb\xbf" + lines)], 0, lines=50)
        long = good[0].replace('"query": "', '"query": "' + "x" * 100_000_000, 1).encode()
        expect("a line of 100 MB", ["import", write(lines + b"\n" + long + b"\n" + lines)], 1, f"{path}:51:", "--row-limit", lines=100)
        expect("the same, let in", ["import", path, "--row-limit", "128"], 0, lines=101)
        expect("an element of 100 MB", ["import", write(b"[" + lines.replace(b"\n", b",\n") + b",\n" + long + b"]")], 1, f"{path}:51:", lines=50)
        expect("open brackets", ["import", write(b"[" * 1_000_000)], 65, f"{path}:1:")
        expect("nothing", ["import", write(b"")], 0, "no rows", lines=0)
        expect("a folder", ["import", work], 74, "directory")
        expect("no such file", ["import", os.path.join(work, "none")], 66, "No such file")
        expect("input as output", ["import", path, "-o", path], 64)
        os.chmod(path, 0)
        # root may read everything, but not as somebody else.
        others = {"user": 65534} if os.geteuid() == 0 else {}
        expect("no permission", ["import", path], 74, "Permission denied", **others)
        os.chmod(path, 0o600)
        if os.path.exists("/dev/full"):
            write(lines)
            expect("a full disk", ["prepare", path, "-q", "-o", "/dev/full"], 74, "/dev/full")
        return not failures
    finally:
        shutil.rmtree(work)


check = sys.argv[2]
if check == "round-trip":
    good = round_trip(sys.argv[3])
elif check == "memory":
    good = memory(float(sys.argv[3]) if len(sys.argv) > 3 else 2)
else:
    good = {"readers": readers, "speed": speed, "hostile": hostile}[check]()
sys.exit(0 if good else 1)
