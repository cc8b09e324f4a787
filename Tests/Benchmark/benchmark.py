#!/usr/bin/env python3
"""How fast ToolReward is, beside the Python that a trainer would write. One command, from the repository's root:

    python3 Tests/Benchmark/benchmark.py

Builds the release command and the in-memory loop, with Swift's libraries inside as one would ship them, makes a corpus (seeded, about 45 MB),
and prints ratios of CPU time, the best of five runs of each in turn. Times on shared machines are noise; ratios of the same run are not.
"""
import json, os, random, re, resource, subprocess, sys, tempfile, time
from collections import Counter

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = "to find what the user said so that the call is complete and typed as the schema asks we look at each argument".split()


def reference(text, truth):
    """Tool-N1's reward, as one would write it in Python."""
    answer = json.loads(truth)
    blocks = re.findall(r"<tool_call>(.*?)</tool_call>", text, flags=re.DOTALL)
    if not blocks:
        return 0
    try:
        calls = json.loads(blocks[-1].strip())
    except json.JSONDecodeError:
        return 0
    calls = [calls] if isinstance(calls, dict) else calls
    if "<think>" not in text or "</think>" not in text or not isinstance(calls, list):
        return 0
    if not all(isinstance(c, dict) and "name" in c and "arguments" in c for c in calls):
        return 0
    key = lambda cs: Counter((c["name"], json.dumps(c["arguments"], sort_keys=True)) for c in cs)
    return int(key(calls) == key(answer))


def pipeline(path):
    for line in open(path):
        record = json.loads(line)
        print(json.dumps({"id": record["id"], "score": reference(record["completion"], json.dumps(record["ground_truth"]))}))


def corpus(rng, tasks=1500, completions=8):
    lines = []
    sentence = lambda n: " ".join(rng.choice(WORDS) for _ in range(n))
    for task in range(tasks):
        tools, truth = [], []
        for tool in range(rng.randint(1, 4)):
            properties = {f"argument_{i}": {"type": rng.choice(["string", "integer", "boolean"]), "description": sentence(12)} for i in range(rng.randint(1, 6))}
            name = f"tool_{task}_{tool}"
            tools.append({"name": name, "description": sentence(25), "parameters": {"type": "object", "properties": properties, "required": list(properties)[:2]}})
            if tool == 0 or rng.random() < 0.3:
                truth.append({"name": name, "arguments": {k: rng.choice([rng.randint(0, 999), sentence(3), True]) for k in properties}})
        for index in range(completions):
            calls = json.loads(json.dumps(truth))
            if rng.random() < 0.3:
                calls[0]["arguments"].pop(next(iter(calls[0]["arguments"])))
            text = f"<think>{sentence(rng.randint(40, 200))}</think>\n<tool_call>{json.dumps(calls)}</tool_call>"
            lines.append({"id": f"{task}#{index}", "completion": text, "ground_truth": truth, "tools": tools})
    return lines


def cpu(arguments, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with open(out, "wb") as f:
        subprocess.run(arguments, stdout=f, stderr=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main():
    build = dict(os.environ, BENCHMARKS="1")
    scratch = os.path.join(root, ".build-bench")
    for product in ("toolreward", "InMemory"):
        subprocess.run(["swift", "build", "-c", "release", "--static-swift-stdlib", "--package-path", root, "--scratch-path", scratch, "--product", product], env=build, check=True, stdout=subprocess.DEVNULL)
    command = os.path.join(scratch, "release", "toolreward")
    rng = random.Random(7)
    records = corpus(rng)
    shuffled = records[:]
    rng.shuffle(shuffled)
    variants = {
        "as made": records, "shuffled": shuffled, "tools first": [{"tools": r["tools"], **{k: v for k, v in r.items() if k != "tools"}} for r in records],
        "every tool list unique": [{**r, "tools": [{**r["tools"][0], "description": f"{i} " + r["tools"][0]["description"]}] + r["tools"][1:]} for i, r in enumerate(records)],
    }
    with tempfile.TemporaryDirectory() as folder:
        path, mine, theirs = (os.path.join(folder, n) for n in ("in.jsonl", "mine", "theirs"))
        for name, rows in variants.items():
            with open(path, "w") as f:
                f.writelines(json.dumps(r) + "\n" for r in rows)
            ours, python = [], []
            for _ in range(5):
                ours.append(cpu([command, "score", "--jobs", "1", path], mine)[0])
                python.append(cpu([sys.executable, __file__, "--pipeline", path], theirs)[0])
            scores = lambda p: [json.loads(line)["score"] for line in open(p)]
            assert scores(mine) == scores(theirs), "scores differ"
            print(f"score, {name}: {min(python) / min(ours):.1f} × the Python pipeline ({len(rows)} records, {os.path.getsize(path) >> 20} MB, scores equal)")
        walls = {jobs: min(cpu([command, "score", "--jobs", jobs, path], mine)[1] for _ in range(5)) for jobs in ("1", "2")}
        print(f"two jobs: {walls['1'] / walls['2']:.2f} × one")
    loop = subprocess.run([os.path.join(scratch, "release", "InMemory")], capture_output=True, text=True, check=True).stdout
    nanoseconds = int(re.search(r"(\d+) ns", loop).group(1))
    sentence = "To address the query I need to find the right function and fill its arguments from what the user said so that the call is complete "
    call = json.dumps([{"name": "calculate_triangle_area", "arguments": {"base": 10, "height": 5, "unit": "units"}}])
    text = f"<think>{sentence * 6}</think>\n<tool_call>{call}</tool_call>"
    best = None
    for _ in range(5):
        start = time.process_time()
        for _ in range(20000):
            reference(text, call)
        used = (time.process_time() - start) / 20000
        best = used if best is None else min(best, used)
    print(f"one completion in memory: {best * 1e9 / nanoseconds:.1f} × the Python function ({loop.strip()})")


if __name__ == "__main__":
    pipeline(sys.argv[2]) if sys.argv[1:2] == ["--pipeline"] else main()
