#!/usr/bin/env python3
"""A run killed at random moments, then resumed, must give the bytes of an uninterrupted one: nothing lost, nothing twice.

usage: kill_and_resume.py TOOLREWARD IN.jsonl [--kills N] [--seed S]
The disk-full and closed-pipe endings are tried as well.
"""
import os, random, resource, signal, subprocess, sys, tempfile, time

command, source = sys.argv[1:3]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
kills, rng = option("--kills", 20), random.Random(option("--seed", 1))
read = lambda path: open(path, "rb").read()
failed = 0


def check(name, ok):
    global failed
    failed += not ok
    print(f"{name}: {'ok' if ok else 'FAILED'}", flush=True)


with tempfile.TemporaryDirectory() as folder:
    whole, part = os.path.join(folder, "whole"), os.path.join(folder, "part")
    manifests = [os.path.join(folder, name) for name in ("whole.json", "part.json")]
    run = [command, "score", source, "--no-progress", "-o"]
    start = time.monotonic()
    subprocess.run([*run, whole, "--manifest", manifests[0]], stderr=subprocess.DEVNULL)
    length = time.monotonic() - start
    sizes = []
    for jobs in ("1", "2"):
        for kill in range(kills):
            if os.path.exists(part): os.unlink(part)
            process = subprocess.Popen([*run, part, "--jobs", jobs], stderr=subprocess.DEVNULL)
            time.sleep(rng.random() * length * 1.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
            size = os.path.getsize(part) if os.path.exists(part) else 0
            if size and rng.random() < 0.5:  # as if the system had written only a part of the last line
                size -= rng.randrange(min(size, 300))
                os.truncate(part, size)
            sizes.append(size)
            # Killed once more while it resumes, now and then.
            if kill % 3 == 0:
                process = subprocess.Popen([*run, part, "--resume"], stderr=subprocess.DEVNULL)
                time.sleep(rng.random() * length)
                process.send_signal(signal.SIGKILL)
                process.wait()
            subprocess.run([*run, part, "--resume", "--manifest", manifests[1]], stderr=subprocess.DEVNULL)
            if read(part) != read(whole): check(f"killed at {size} bytes, {jobs} jobs", False)
            if read(manifests[0]).replace(whole.encode(), b"") != read(manifests[1]).replace(part.encode(), b""):
                check(f"manifest after a kill at {size} bytes", False)
    check(f"{2 * kills} kills, output between {min(sizes)} and {max(sizes)} of {os.path.getsize(whole)} bytes", failed == 0)

    os.unlink(part)
    limit = os.path.getsize(whole) // 3
    def full():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    done = subprocess.run([*run, part], stderr=subprocess.PIPE, preexec_fn=full)
    check("a full disk is told and exits with 74", done.returncode == 74 and b"cannot write" in done.stderr and os.path.getsize(part) <= limit)
    subprocess.run([*run, part, "--resume"], stderr=subprocess.DEVNULL)
    check("and resumes", read(part) == read(whole))

    process = subprocess.Popen([command, "score", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(1000)
    process.stdout.close()
    error = process.stderr.read()
    check("a closed pipe exits with 74", process.wait() == 74 and b"Broken pipe" in error)

    with open(part, "ab") as f: f.write(b"{}\n")
    check("a longer output is another run's", subprocess.run([*run, part, "--resume"], stderr=subprocess.DEVNULL).returncode == 65)
    lines = read(whole).splitlines(True)
    with open(part, "wb") as f: f.write(b"".join(lines[1:5]))
    check("an output of other samples is another run's", subprocess.run([*run, part, "--resume"], stderr=subprocess.DEVNULL).returncode == 65)
sys.exit(failed > 0)
