#!/usr/bin/env python3
"""A training run killed at random moments, then resumed, must end with the parameters and metrics of an uninterrupted one; a full disk is told and
overwrites nothing; Ctrl-C finishes the step and saves.

usage: train_kill_and_resume.py TOOLREWARD [--kills N] [--seed S]
"""
import os, random, resource, signal, subprocess, sys, tempfile, time

command = sys.argv[1]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
kills, rng = option("--kills", 10), random.Random(option("--seed", 1))
run = [command, "train", "--no-dashboard", "--recipe", "sft-then-rl", "--sft-steps", "15", "--steps", "60", "--group", "16", "--base-steps", "30", "--checkpoint-every", "7"]
failed = 0


def check(name, ok):
    global failed
    failed += not ok
    print(f"{name}: {'ok' if ok else 'FAILED'}", flush=True)


def files(folder):
    """All files of a run by name; the report is made anew by every ending."""
    return {os.path.relpath(os.path.join(root, name), folder): open(os.path.join(root, name), "rb").read()
            for root, _, names in os.walk(folder) for name in names}


def start(folder, *more, **settings):
    return subprocess.Popen([*run, "-o", folder, *more], stdout=subprocess.DEVNULL, stderr=settings.pop("stderr", subprocess.DEVNULL), **settings)


def wait_for(process, folder, lines):
    """Waits until the run has written so many lines of metrics, and a moment more."""
    metrics = os.path.join(folder, "metrics.jsonl")
    while process.poll() is None and not (os.path.exists(metrics) and open(metrics, "rb").read().count(b"\n") >= lines):
        time.sleep(0.002)
    time.sleep(rng.random() * 0.05)


with tempfile.TemporaryDirectory() as work:
    whole = os.path.join(work, "whole")
    check("an uninterrupted run", start(whole).wait() == 0)
    expected = files(whole)
    total = expected["metrics.jsonl"].count(b"\n")
    steps = []
    for kill in range(kills):
        part = os.path.join(work, f"part{kill}")
        process = start(part)
        wait_for(process, part, rng.randrange(total))
        process.send_signal(signal.SIGKILL)
        process.wait()
        latest = os.path.join(part, "latest")
        steps.append(int(open(latest).read().split("-")[1]) if os.path.exists(latest) else 0)
        if kill % 3 == 0:  # killed again while it resumes
            process = start(part, "--resume")
            wait_for(process, part, rng.randrange(total))
            process.send_signal(signal.SIGKILL)
            process.wait()
        status = start(part, "--resume").wait()
        found = files(part)
        same = {name for name in expected if found.get(name) == expected[name]}
        check(f"killed with the checkpoint of step {steps[-1]}, resumed: all {len(expected)} files equal", status == 0 and len(same) == len(expected) == len(found))
        if len(same) != len(expected): print("  differ:", sorted(set(expected) ^ same), sorted(set(found) - set(expected)))

    stopped = os.path.join(work, "stopped")
    process = start(stopped)
    wait_for(process, stopped, total // 2)
    process.send_signal(signal.SIGINT)
    status = process.wait()
    ended = files(stopped).get("metrics.jsonl", b"").endswith(b"\n") and os.path.exists(os.path.join(stopped, "latest"))
    check("Ctrl-C finishes the step and saves", status == 0 and ended)
    check("and goes on to the same end", start(stopped, "--resume").wait() == 0 and files(stopped) == expected)

    # A disk that is full: no file may grow beyond half a policy's.
    full = os.path.join(work, "full")
    process = start(full)
    wait_for(process, full, total // 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {name: text for name, text in files(full).items() if name != "metrics.jsonl"}
    limit = os.path.getsize(os.path.join(whole, expected["latest"].decode(), "policy.bin")) // 2
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    process = start(full, "--resume", stderr=subprocess.PIPE, preexec_fn=small)
    said = process.communicate()[1]
    after = {name: text for name, text in files(full).items() if name != "metrics.jsonl"}
    check("a full disk is told and exits with 74", process.returncode == 74 and b"cannot write" in said)
    kept = all(name in after and after[name] == before[name] for name in before if ".partial" not in name)
    check("what was saved before is there, nothing half-written is", bool(before) and kept and not any(".partial" in name for name in after))
    check("with room again it goes on to the same end", start(full, "--resume").wait() == 0 and files(full) == expected)

print(f"{kills} kills at checkpoints of steps {sorted(steps)}; {'all ok' if not failed else f'{failed} FAILED'}")
sys.exit(failed > 0)
