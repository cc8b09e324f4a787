"""Every template with every context beside the text that Python's jinja2 rendered.

    chat_template_goldens.py TOOLREWARD FOLDER

FOLDER has templates/, contexts/ and golden/CONTEXT/TEMPLATE.out (the text) or .err (it raises). The clock stands at
2026-11-21T00:00:00Z.
"""

import pathlib
import subprocess
import sys

command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
same, differing = 0, []
for context in sorted((folder / "contexts").glob("*.json")):
    for template in sorted((folder / "templates").rglob("*.jinja")):
        name = template.relative_to(folder / "templates")
        golden = folder / "golden" / context.stem / name
        out, err = golden.with_name(golden.name + ".out"), golden.with_name(golden.name + ".err")
        if not out.exists() and not err.exists():
            continue
        run = subprocess.run(
            [command, "prompts", "render", "--template", template, "--context", context, "--now", "2026-11-21T00:00:00Z"],
            capture_output=True,
        )
        ok = run.returncode == 65 if err.exists() else run.returncode == 0 and run.stdout == out.read_bytes()
        if ok:
            same += 1
        else:
            differing.append(f"{context.stem}/{name}: {run.stderr.decode()[:300]}")
print(f"{same} of {same + len(differing)} the same")
for line in differing:
    print("  " + line)
sys.exit(bool(differing) or not same)
