"""`toolreward prompts test --endpoint` against a server that fails in every way it can: what does not come is asked for again, told of, and never lost.

    endpoint_faults.py TOOLREWARD        the command, built with the trait Endpoint

The server's completions are a function of the request, so that what a run keeps after any faults must be, row for row, what it keeps without any. Only
addresses on this machine are asked.
"""

import hashlib
import http.server
import json
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

KEY = "sk-this-must-be-seen-nowhere"


class Faults:
    """What the server does with the nth sending of a request."""

    def __init__(self, plan):
        self.plan = plan
        self.seen = {}
        self.requests = 0
        self.flying = 0
        self.most = 0
        self.authorizations = set()
        self.lock = threading.Lock()

    def take(self, body):
        with self.lock:
            self.requests += 1
            self.flying += 1
            self.most = max(self.most, self.flying)
            count = self.seen.get(body, 0)
            self.seen[body] = count + 1
            return self.plan(body, count)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        faults = self.server.faults
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        faults.authorizations.add(self.headers.get("Authorization"))
        fault = faults.take(body)
        try:
            self.answer(fault, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with faults.lock:
                faults.flying -= 1

    def answer(self, fault, body):
        request = json.loads(body)
        assert request["model"] == "m" and self.path == "/v1/completions", self.path
        good = json.dumps(
            {"choices": [{"index": 0, "text": completion(request), "finish_reason": "stop"}], "usage": {}}).encode()
        if fault == "slow":
            time.sleep(3)
            self.send(200, good)
        elif fault == "trickle":
            self.head(200, len(good))
            for byte in good:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        elif fault == "429":
            self.send(429, b'{"error":{"message":"slow down"}}', {"Retry-After": "1"})
        elif fault == "429-date":
            self.send(429, b"", {"Retry-After": self.date_time_string(time.time() + 1)})
        elif fault in ("500", "503"):
            self.send(int(fault), b"<html>no</html>")
        elif fault == "half":
            self.head(200, len(good))
            self.wfile.write(good[: len(good) // 2])
            self.close()
        elif fault == "half-chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(good) + good[: len(good) // 2])
            self.close()
        elif fault == "half-without-length":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(good[: len(good) // 2])
            self.close()
        elif fault == "malformed":
            self.send(200, good.replace(b"}", b"", 1))
        elif fault == "empty":
            self.send(200, b"")
        elif fault == "no-http":
            self.wfile.write(b"\x00\x01garbage\r\n\r\n")
            self.close()
        elif fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close()
        elif fault == "refuse-key":
            self.send(401, json.dumps({"error": {"message": "Incorrect key: " + KEY}}).encode())
        elif fault == "redirect":
            self.send(302, b"", {"Location": "http://127.0.0.1:%d/v1/completions" % self.server.server_port})
        else:
            time.sleep(self.server.delay)
            self.send(200, good)

    def head(self, status, length, headers={}):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, status, body, headers={}):
        self.head(status, len(body), headers)
        self.wfile.write(body)

    def close(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


FAULTS = [
    "slow", "trickle", "429", "429-date", "500", "503", "half", "half-chunked", "half-without-length", "malformed", "empty",
    "no-http", "reset",
]


def completion(request):
    digest = hashlib.sha256((request["prompt"] + str(request["seed"])).encode()).hexdigest()
    return "«" + digest[:8] + "»\n\"é\"" + digest


def start(plan=lambda body, count: None, port=0, delay=0.0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.faults = Faults(plan)
    server.delay = delay
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """A folder with a suite, and runs of the command over it."""

    def __init__(self, command, folder, cases=8):
        self.command = os.path.abspath(command)
        self.folder = tempfile.mkdtemp(dir=folder)
        self.cache = os.path.join(self.folder, "suite.completions.jsonl")
        suite = {
            "templates": [{"preset": "hermes", "name": "one"}, {"preset": "tool-rl", "name": "two"}],
            "cases": [
                {"name": "case %d" % n, "messages": [{"role": "user", "content": "Number %d?" % n}]} for n in range(cases)],
            "checks": ["renders", "no-call"],
        }
        with open(os.path.join(self.folder, "suite.json"), "w") as file:
            json.dump(suite, file)

    def arguments(self, port, *more):
        return [
            self.command, "prompts", "test", "suite.json", "--endpoint", "http://127.0.0.1:%d/v1" % port, "--model", "m",
            "--samples", "2", "--sampling-seed", "5", "--timeout", "2", "--retries", "4", *more]

    def __call__(self, port, *more, environment={}, limit=None):
        def limited():
            if limit:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(
            self.arguments(port, *more), cwd=self.folder, capture_output=True, text=True, timeout=300,
            env={**os.environ, **environment}, preexec_fn=limited)
        self.output = done.stdout + done.stderr
        return done.returncode

    def rows_so_far(self):
        with open(self.cache, "rb") as file:
            return file.read().splitlines()

    def rows(self):
        with open(self.cache, "rb") as file:
            text = file.read()
        assert text.endswith(b"\n") or not text, "the file ends within a line"
        rows = [json.loads(line) for line in text.splitlines()]
        return sorted((row["template"], row["case"], row["sample"], row["completion"]) for row in rows)


def main():
    command = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(command, folder)
        for name in [name for name in dir(checks) if name.startswith("check_")]:
            begun = time.time()
            getattr(checks, name)()
            print("%-28s %5.1f s" % (name[6:].replace("_", " "), time.time() - begun), flush=True)
    print("all faults were met")


class Checks:
    def __init__(self, command, folder):
        self.new = lambda cases=8: Run(command, folder, cases)
        server = start()
        run = self.new()
        assert run(server.server_port) == 0, run.output
        self.expected = run.rows()
        assert len(self.expected) == 32 == server.faults.requests, server.faults.requests
        # A second run asks for nothing.
        assert run(server.server_port) == 0 and server.faults.requests == 32
        assert run.rows() == self.expected

    def check_each_fault_once(self):
        for fault in FAULTS:
            server = start(lambda body, count: fault if count == 0 else None)
            run = self.new()
            status = run(server.server_port, "--concurrency", "32")
            assert status == 0, (fault, run.output)
            assert run.rows() == self.expected, fault
            assert "sent again" in run.output, (fault, run.output)
            # The server goes on with what was given up.
            assert server.faults.most <= 32 or fault in ("slow", "trickle"), server.faults.most

    def check_faults_at_random(self):
        for seed in range(3):
            draw = random.Random(seed)
            quick = [fault for fault in FAULTS if fault not in ("slow", "trickle")]
            server = start(lambda body, count: draw.choice(quick) if count < 2 and draw.random() < 0.6 else None)
            run = self.new()
            assert run(server.server_port, "--concurrency", "3") == 0, run.output
            assert run.rows() == self.expected and server.faults.most <= 3

    def check_what_fails_is_told_and_resumed(self):
        server = start(lambda body, count: "500" if b"Number 3" in body else None)
        run = self.new()
        assert run(server.server_port, "--retries", "1", "--junit", "report.xml", "--json", "report.json") == 1
        assert "4 completions did not come" in run.output and "HTTP 500" in run.output, run.output
        with open(os.path.join(run.folder, "report.xml")) as file:
            assert file.read().count("<error") == 2
        with open(os.path.join(run.folder, "report.json")) as file:
            assert json.load(file)["stats"]["errors"] == 2
        assert server.faults.requests == 28 + 8 and len(run.rows()) == 28
        server.faults.plan = lambda body, count: None
        before = server.faults.requests
        assert run(server.server_port) == 0, run.output
        assert server.faults.requests == before + 4 and run.rows() == self.expected

    def check_server_killed_and_restarted(self):
        port = free_port()
        run = self.new()
        script = [sys.executable, os.path.abspath(__file__), "--serve", str(port)]
        server = subprocess.Popen(script, stdout=subprocess.PIPE)
        server.stdout.readline()
        client = subprocess.Popen(
            run.arguments(port, "--retries", "20", "--concurrency", "2"), cwd=run.folder, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        for _ in range(2):
            time.sleep(0.7)
            server.kill()
            server.wait()
            time.sleep(0.5)
            server = subprocess.Popen(script, stdout=subprocess.PIPE)
            server.stdout.readline()
        output = client.communicate(timeout=120)[0]
        server.kill()
        server.wait()
        assert client.returncode == 0, output
        assert run.rows() == self.expected and "sent again" in output, output

    def interrupted(self, number):
        server = start(delay=0.2)
        run = self.new()
        client = subprocess.Popen(
            run.arguments(server.server_port, "--concurrency", "2"), cwd=run.folder, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        while not os.path.exists(run.cache) or len(run.rows_so_far()) < 5:
            time.sleep(0.02)
        client.send_signal(number)
        output = client.communicate(timeout=20)[0]
        return server, run, client.returncode, output

    def check_interrupted(self):
        server, run, status, output = self.interrupted(signal.SIGINT)
        assert status == 1 and "stopped" in output, (status, output)
        kept = len(run.rows())
        assert 5 <= kept < 32, kept
        server.delay = 0
        before = server.faults.requests
        assert run(server.server_port) == 0, run.output
        assert server.faults.requests == before + 32 - kept and run.rows() == self.expected

    def check_killed(self):
        server, run, status, _ = self.interrupted(signal.SIGKILL)
        assert status == -signal.SIGKILL
        server.delay = 0
        # As a process is ended while it writes.
        with open(run.cache, "ab") as file:
            file.write(b'{"template":"one","case":"ca')
        assert run(server.server_port) == 0, run.output
        assert run.rows() == self.expected

    def check_full_disk(self):
        server = start()
        run = self.new()
        assert run(server.server_port, limit=3000) == 1 and "cannot write" in run.output, run.output
        kept = len(run.rows())
        assert 0 < kept < 32
        before = server.faults.requests
        assert run(server.server_port) == 0, run.output
        assert server.faults.requests == before + 32 - kept and run.rows() == self.expected

    def check_key_is_sent_and_not_told(self):
        server = start()
        run = self.new()
        reports = ["--html", "r.html", "--json", "r.json", "--jsonl", "r.jsonl", "--junit", "r.xml"]
        status = run(server.server_port, "--key-variable", "MY_KEY", *reports, environment={"MY_KEY": KEY})
        assert status == 0 and server.faults.authorizations == {"Bearer " + KEY}, run.output
        server.faults.plan = lambda body, count: "refuse-key"
        os.remove(run.cache)
        output = run.output
        asked = server.faults.requests
        status = run(
            server.server_port, "--key-variable", "MY_KEY", "--concurrency", "1", *reports, environment={"MY_KEY": KEY})
        assert status == 1 and "[key]" in run.output and server.faults.requests == asked + 1, run.output
        for text in [output, run.output] + [
            open(os.path.join(run.folder, name), errors="replace").read() for name in os.listdir(run.folder)]:
            assert KEY not in text
        assert run(server.server_port, "--key-variable", "NOT_THERE") == 1 and "NOT_THERE" in run.output
        # Without the option no key goes anywhere.
        server.faults.authorizations.clear()
        run(server.server_port, environment={"OPENAI_API_KEY": KEY})
        assert server.faults.authorizations == {None}

    def check_redirections_are_not_followed(self):
        other = start()
        server = start(lambda body, count: "redirect")
        run = self.new()
        assert run(server.server_port, "--concurrency", "1") == 1 and "redirects" in run.output, run.output
        assert server.faults.requests == 1 and other.faults.requests == 0

    def check_nobody_listens(self):
        run = self.new(cases=1)
        assert run(free_port(), "--retries", "1") == 1
        assert "4 completions did not come" in run.output and "sent 2 times" in run.output, run.output

    def check_one_run_at_a_time(self):
        server = start(delay=0.3)
        run = self.new()
        client = subprocess.Popen(
            run.arguments(server.server_port), cwd=run.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(run.cache) or len(run.rows_so_far()) < 1:
            time.sleep(0.02)
        assert run(server.server_port) == 1 and "another run" in run.output, run.output
        assert client.wait(60) == 0 and run.rows() == self.expected

    def check_what_is_no_file(self):
        server = start()
        run = self.new()
        for place in ["/dev/full", "/dev/null", "/", "/nowhere/x.jsonl"]:
            assert run(server.server_port, "--cache", place) == 1, (place, run.output)
        assert server.faults.requests == 0

    def check_bad_settings(self):
        run = self.new()
        for more, status in [
            (["--concurrency", "0"], 64), (["--retries", "-1"], 64), (["--timeout", "-1"], 64), (["--timeout", "nan"], 64),
            (["--timeout", "0"], 64), (["--samples", "0"], 64), (["--max-tokens", "-3"], 64), (["--temperature", "-1"], 64),
            (["--top-p", "2"], 64), (["--completions", "x.jsonl"], 64), (["--request", "[]"], 1),
            (["--request", '{"stream": true}'], 1)]:
            assert run(1, *more) == status, (more, run.output)
            assert not os.path.exists(run.cache)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        server = start(port=int(sys.argv[2]), delay=0.15)
        print("ready", flush=True)
        time.sleep(120)
    else:
        main()
