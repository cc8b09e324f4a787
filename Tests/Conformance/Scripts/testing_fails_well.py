"""The client's tests pass; those that fail on purpose say what is wrong, and attach prompt and completion.

    testing_fails_well.py            # from the repository's folder
"""
import os
import pathlib
import subprocess
import sys
import tempfile

command = ["swift", "test", "--package-path", "Tests/Client"]
passing = subprocess.run(command, capture_output=True, text=True)
if passing.returncode != 0:
    sys.exit(f"the client's tests fail:\n{passing.stdout}\n{passing.stderr}")

with tempfile.TemporaryDirectory() as folder:
    failing = subprocess.run(
        command + ["--skip-build", "--attachments-path", folder], capture_output=True, text=True,
        env=os.environ | {"SHOW_FAILURES": "1"})
    output = failing.stdout + failing.stderr
    if failing.returncode == 0:
        sys.exit("tests that must fail pass")
    for message in [
        "exact-match is 0.0, less than 1.0: wrong_argument /city",
        "template / weather: round-trip: hermes reads no call in",
        "template / bare: nothing was checked: there are no calls, and no tools to call",
        "own / weather: snapshot: another prompt than own__weather.txt",
        "own / weather: completions: 1 of 1 did not come: there is none of this template and this case",
        "1 of the completions are of no cell of the suite: the first is of own / whether",
        "own / weather, completion 1: tool-call-match: arguments differ: /city",
        "another prompt than weather.txt",
        "+another",
    ]:
        if message not in output:
            sys.exit(f"the failure does not say: {message}\n{output}")
    if output.count("recorded an issue at PromptTests.swift") != 8:
        sys.exit(f"not an issue for each thing that is wrong, at its line:\n{output}")
    attached = [(path.name, path.read_text()) for path in pathlib.Path(folder).rglob("*.txt")]
    for name, text in [("prompt", "Is it warm in Paris?"), ("completion", "London"), ("own__weather.completion-1", "London"),
                       ("own__weather.prompt", "Is it warm in Paris?")]:
        if not any(own.startswith(name) and text in content for own, content in attached):
            sys.exit(f"not attached: {name} with {text}; there is {attached}")
print("the client's tests pass, and fail well")
