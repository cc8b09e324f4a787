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
        "template / bare: round-trip: there are no calls, and no tools to call",
        "another prompt than weather.txt",
        "+another",
    ]:
        if message not in output:
            sys.exit(f"the failure does not say: {message}\n{output}")
    if output.count("recorded an issue at PromptTests.swift") != 4:
        sys.exit(f"not one issue for each test, at its line:\n{output}")
    attached = {path.read_text() for path in pathlib.Path(folder).rglob("*.txt")}
    for text in ["Is it warm in Paris?", "London"]:
        if not any(text in content for content in attached):
            sys.exit(f"not attached: {text}; there is {attached}")
print("the client's tests pass, and fail well")
