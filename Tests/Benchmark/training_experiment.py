#!/usr/bin/env python3
"""Binary against partial rewards, and SFT / RL / SFT-then-RL, with the built-in policy: the table of Docs/TrainingExperiment.md.

usage: training_experiment.py TOOLREWARD [--seeds N] [--steps N] [--jobs N]
Trains on the tasks that come with the command and judges on the TEST sentences below, which played no part in building the policy. Exact match is always
tool-n1's, whatever the reward. Intervals are Student's t of 95 % over seeds; differences are paired by seed.
"""
import concurrent.futures, json, math, os, statistics, subprocess, sys, tempfile

TEST = """
What is the weather in Bruges? => get_weather {"city": "Bruges"}
How is the weather in Malaga tomorrow? => get_weather {"city": "Malaga"}
Will it rain in Zagreb today? => get_weather {"city": "Zagreb"}
Is it snowing in Davos? => get_weather {"city": "Davos"}
Forecast for Split, please. => get_weather {"city": "Split"}
Do I need an umbrella in Ghent? => get_weather {"city": "Ghent"}
Set a timer for 14 minutes, please. => set_timer {"minutes": 14}
Remind me in 55 minutes to leave. => set_timer {"minutes": 55}
Please start a timer of 9 minutes. => set_timer {"minutes": 9}
Count down 33 minutes. => set_timer {"minutes": 33}
Can you wake me in 70 minutes? => set_timer {"minutes": 70}
Put on some Puccini. => play_music {"artist": "Puccini"}
Play the best songs by Blondie. => play_music {"artist": "Blondie"}
I would like to hear a song by Enya. => play_music {"artist": "Enya"}
Let me listen to Santana please. => play_music {"artist": "Santana"}
Can you play music by Handel? => play_music {"artist": "Handel"}
Translate horse to Italian. => translate {"word": "horse", "language": "Italian"}
How do you say winter in Russian? => translate {"word": "winter", "language": "Russian"}
What is flower in Swedish? => translate {"word": "flower", "language": "Swedish"}
Please translate bridge to Basque. => translate {"word": "bridge", "language": "Basque"}
Say salt in Korean please. => translate {"word": "salt", "language": "Korean"}
Convert 85 dollars to krona. => convert_currency {"amount": 85, "from": "dollars", "to": "krona"}
How much are 110 euros in yen? => convert_currency {"amount": 110, "from": "euros", "to": "yen"}
Please change 55 pounds to francs. => convert_currency {"amount": 55, "from": "pounds", "to": "francs"}
Exchange 400 pesos to lira. => convert_currency {"amount": 400, "from": "pesos", "to": "lira"}
How much is 25 rupees in pounds? => convert_currency {"amount": 25, "from": "rupees", "to": "pounds"}
Book a table for 12 at Napoli. => book_table {"restaurant": "Napoli", "people": 12}
Can you reserve a table at Azteca for 4? => book_table {"restaurant": "Azteca", "people": 4}
Reserve a table for 3 at Golden tonight. => book_table {"restaurant": "Golden", "people": 3}
I need a table for 15 at Venezia. => book_table {"restaurant": "Venezia", "people": 15}
Call Sarah please. => call_contact {"name": "Sarah"}
Can you phone Ivan now? => call_contact {"name": "Ivan"}
Let me talk to Olga. => call_contact {"name": "Olga"}
Please dial Bruno. => call_contact {"name": "Bruno"}
What is the weather in Turin and in Parma? => get_weather {"city": "Turin"} ; get_weather {"city": "Parma"}
How is the weather in Cork and in Galway? => get_weather {"city": "Cork"} ; get_weather {"city": "Galway"}
Write a story about the sea. => -
Who made you? => -
Thank you for everything. => -
Why is the sky so blue? => -
"""
CELLS = [  # name, options, what it is
    ("RL, binary", ["--recipe", "rl", "--reward", "tool-n1"]),
    ("RL, partial for reasoning (v3)", ["--recipe", "rl", "--reward", "tool-n1-v3"]),
    ("RL, partial for reasoning and names (v4)", ["--recipe", "rl", "--reward", "tool-n1-v4"]),
    ("SFT", ["--recipe", "sft", "--sft-steps", "100"]),
    ("SFT, 10 steps", ["--recipe", "sft", "--sft-steps", "10"]),
    ("SFT 10 steps, then RL, binary", ["--recipe", "sft-then-rl", "--sft-steps", "10", "--reward", "tool-n1"]),
    ("No-Reason SFT", ["--recipe", "no-reason-sft", "--sft-steps", "100"]),
]
T = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201}  # quantiles of 0.975 by degrees of freedom

command = sys.argv[1]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
seeds, steps, jobs = option("--seeds", 5), option("--steps", 300), option("--jobs", os.cpu_count() or 1)


def record(line):
    prompt, calls = line.split(" => ")
    parts = [] if calls == "-" else [call.split(" ", 1) for call in calls.split(" ; ")]
    return json.dumps({"prompt": prompt, "ground_truth": [{"name": name, "arguments": json.loads(arguments)} for name, arguments in parts]})


def train(work, cell, seed):
    name, options = CELLS[cell]
    folder = os.path.join(work, f"{cell}-{seed}")
    done = subprocess.run([command, "train", f"{work}/tasks/training.jsonl", "--held-out", f"{work}/test.jsonl", "-o", folder, "--no-dashboard", "--seed", str(seed),
                           "--steps", str(steps), "--checkpoint-every", "1000", *options], capture_output=True, text=True)
    if done.returncode: raise SystemExit(f"{name}, seed {seed}: {done.stderr}")
    lines = [json.loads(line) for line in open(f"{folder}/metrics.jsonl")]
    evaluations = [line for line in lines if "evaluation" in line]
    reached = next((line["evaluation"] for line in evaluations if line["exact_match"] > 0.9), None)
    return {"first": evaluations[0]["exact_match"], "last": evaluations[-1]["exact_match"], "calls": evaluations[-1]["calls"], "format": evaluations[-1]["format"],
            "reached": reached}


def interval(values):
    mean = statistics.mean(values)
    reach = T.get(len(values) - 1, 2.0) * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{mean:.3f} ± {reach:.3f}"


with tempfile.TemporaryDirectory() as work:
    subprocess.run([command, "train", "--write-tasks", f"{work}/tasks"], check=True)
    with open(f"{work}/test.jsonl", "w") as test: test.write("\n".join(record(line) for line in TEST.strip().split("\n")) + "\n")
    pairs = [(cell, seed) for cell in range(len(CELLS)) for seed in range(1, seeds + 1)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = dict(zip(pairs, pool.map(lambda pair: train(work, *pair), pairs)))

print(f"{seeds} seeds, {steps} steps of RL, {len(TEST.strip().splitlines())} test tasks; mean ± 95 % interval over seeds.\n")
print("| run | exact match before | exact match after | least of the seeds | calls right after | format right after | step at which 0.9 was passed |")
print("|---|---|---|---|---|---|---|")
of = lambda cell, key: [results[cell, seed][key] for seed in range(1, seeds + 1)]
for cell, (name, _) in enumerate(CELLS):
    reached = [step for step in of(cell, "reached") if step is not None]
    when = f"{statistics.median(reached):.0f} (in {len(reached)} of {seeds})" if reached else "never"
    print(f"| {name} | {interval(of(cell, 'first'))} | {interval(of(cell, 'last'))} | {min(of(cell, 'last')):.3f} | {interval(of(cell, 'calls'))} | {interval(of(cell, 'format'))} | {when} |")
print("\n| difference in exact match, paired by seed | mean ± 95 % interval |")
print("|---|---|")
for left, right in ((1, 0), (2, 0), (5, 0), (5, 4), (0, 3)):
    print(f"| {CELLS[left][0]} − {CELLS[right][0]} | {interval([a - b for a, b in zip(of(left, 'last'), of(right, 'last'))])} |")
