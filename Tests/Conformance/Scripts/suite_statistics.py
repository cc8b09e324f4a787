"""`prompts compare`'s statistics beside scipy's and statsmodels', and what is drawn at random beside the same draws here. JUnit beside its schema.

    suite_statistics.py TOOLREWARD        # needs scipy, statsmodels, lxml
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import statsmodels.api
from lxml import etree
from scipy import stats
from scipy.special import comb
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

command = sys.argv[1]
MASK = (1 << 64) - 1


def split_mix(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        word = state
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
        yield word ^ (word >> 31)


def sign_flips(values, seed, ways=9999):
    """The test of more than 16 differences: the same numbers drawn, the sums by numpy."""
    draw = split_mix(seed)
    moved = numpy.array([value for value in values if value])
    signs = numpy.empty((ways, len(moved)))
    for way in range(ways):
        for place in range(len(moved)):
            if place % 64 == 0:
                bits = next(draw)
            signs[way, place] = -1 if bits & 1 else 1
            bits >>= 1
    seen = abs(moved.sum())
    return (int((abs(signs @ moved) >= seen - 1e-9).sum()) + 1) / (ways + 1)


def bootstrap(values, seed, ways=9999):
    """Swift's Int.random(in:) by Lemire's method; percentiles without interpolation."""
    draw = split_mix(seed)
    count, means = len(values), []
    for _ in range(ways):
        total = 0.0
        for _ in range(count):
            while True:
                product = next(draw) * count
                if (product & MASK) >= count or (product & MASK) >= (-count & MASK) % count:
                    break
            total += values[product >> 64]
        means.append(total / count)
    low = numpy.percentile(means, 2.5, method="lower")
    return low, sorted(means)[ways - 1 - int(0.025 * ways)]


def clustered(cells):
    """Wilson's interval for as many samples as are as uncertain by the clusters' variance; cells: lists of truths."""
    truths = numpy.concatenate(cells).astype(float)
    share, count = truths.mean(), len(truths)
    size = count
    if count > len(cells):
        size = least = count ** 2 / sum(len(cell) ** 2 for cell in cells)
        if 0 < share < 1 and len(cells) > 1:
            groups = numpy.repeat(numpy.arange(len(cells)), [len(cell) for cell in cells])
            fit = statsmodels.api.OLS(truths, numpy.ones(count)).fit(cov_type="cluster", cov_kwds={"groups": groups})
            ratio = stats.norm.ppf(0.975) / stats.t.ppf(0.975, len(cells) - 1)
            variance = fit.bse[0] ** 2
            size = count if variance < 1e-20 else min(count, max(least, share * (1 - share) / variance * ratio ** 2))
    return proportion_confint(share * size, size, method="wilson")


checked, worst = 0, 0.0


def same(ours, theirs, what):
    global checked, worst
    checked += 1
    worst = max(worst, abs(ours - theirs))
    if not abs(ours - theirs) <= 1e-9:
        sys.exit(f"{what}: {ours} is not {theirs}")


def run(folder, passed, seed):
    """passed: template → case → list of truths."""
    templates = list(passed)
    cases = len(passed[templates[0]])
    suite, rows = folder / "suite.json", folder / "rows.jsonl"
    suite.write_text(json.dumps({
        "templates": [{"name": name, "framing": "chatml"} for name in templates],
        "cases": [{"name": f"c{i}", "messages": [{"role": "user", "content": "a"}]} for i in range(cases)],
        "checks": [{"type": "equals", "value": "y", "on": "completion"}]}))
    rows.write_text("".join(
        json.dumps({"template": name, "case": f"c{i}", "sample": n, "completion": "y" if truth else "n<&\x01"}) + "\n"
        for name in templates for i, truths in enumerate(passed[name]) for n, truth in enumerate(truths)))
    files = {kind: folder / f"out.{kind}" for kind in ["json", "junit"]}
    done = subprocess.run(
        [command, "prompts", "compare", str(suite), "-c", str(rows), "--seed", str(seed), "--json", str(files["json"]),
         "--junit", str(files["junit"])], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    schema.assertValid(etree.parse(str(files["junit"])))
    return json.loads(files["json"].read_text())


schema = etree.XMLSchema(etree.parse(str(pathlib.Path(__file__).parent / "junit.xsd")))
rng = random.Random(11)
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    # Wins outweigh losses to nothing; cases are all right or all wrong; all are alike.
    fixed = [
        {"t0": [2, 4, 4, 1, 1, 1, 4, 3], "t1": [4, 5, 3, 0, 0, 2, 3, 3]}, {"t0": [5, 0], "t1": [5, 5]},
        {"t0": [2, 2, 2, 2], "t1": [0, 0, 5, 5]}]
    for trial in range(27):
        samples = 1 if trial % 2 else rng.randint(2, 5)
        cases = rng.choice([1, 2, 8, 16, 17, 40, 70] if samples > 1 else [1, 3, 20, 150])
        levels = {f"t{n}": rng.random() for n in range(rng.randint(2, 4))}
        passed = {t: [[rng.random() < p for _ in range(samples)] for _ in range(cases)] for t, p in levels.items()}
        if trial >= 24:
            samples, counts = 5, fixed[trial - 24]
            passed = {t: [[n < count for n in range(5)] for count in own] for t, own in counts.items()}
            cases = len(counts["t0"])
        seed = rng.randrange(1 << 32)
        result = run(folder, passed, seed)
        again = run(folder, passed, seed)
        if result != again:
            sys.exit("the same seed gives other figures")
        for pair in result["comparisons"]:
            one, other = ([sum(truths) / samples for truths in passed[pair[side]]] for side in ["first", "second"])
            differences = [a - b for a, b in zip(one, other)]
            wins, losses = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
            assert (pair["wins"], pair["losses"], pair["cases"]) == (wins, losses, cases), pair
            same(pair["difference"], numpy.mean(differences), "difference")
            if samples == 1:
                assert pair["test"] == "McNemar"
                same(pair["p"], mcnemar([[0, wins], [losses, 0]], exact=True).pvalue if wins + losses else 1, "McNemar")
            else:
                # Whole numbers: scipy allows a sum as it is written a part of itself for rounding, which is nothing beside
                # the terms' where it should be 0.
                moved = [d for d in (float(round(d * samples)) for d in differences) if d]
                # Such data may have nothing between 0 and 1, and are several all the same.
                assert pair["test"] == "sign flips", pair
                if len(moved) == 0:
                    same(pair["p"], 1, "sign flips")
                elif len(moved) == 1:
                    same(pair["p"], 1, "sign flips")
                elif len(moved) <= 16:
                    exact = stats.permutation_test(
                        (moved,), lambda x, axis: numpy.abs(numpy.sum(x, axis=axis)), permutation_type="samples",
                        vectorized=True, n_resamples=numpy.inf, alternative="greater")
                    same(pair["p"], exact.pvalue, "sign flips, every way")
                else:
                    same(pair["p"], sign_flips(differences, seed), "sign flips, drawn")
            if trial < 6:
                low, high = bootstrap(differences, seed)
                same(pair["low"], low, "bootstrap")
                same(pair["high"], high, "bootstrap")
        for ours, theirs in zip(
                [pair["p_holm"] for pair in result["comparisons"]],
                multipletests([pair["p"] for pair in result["comparisons"]], method="holm")[1]):
            same(ours, theirs, "Holm")
        for template in result["templates"]:
            low, high = clustered(passed[template["name"]])
            same(template["low"], low, "Wilson, clustered")
            same(template["high"], high, "Wilson, clustered")
        for cell in result["cells"]:
            right = sum(item["outcome"] == "passed" for item in cell["completions"])
            for k, (at, every) in enumerate(zip(cell.get("pass_at", []), cell.get("pass_all", [])), 1):
                same(at, 1 - comb(samples - right, k, exact=True) / comb(samples, k, exact=True), "pass@k")
                same(every, comb(right, k, exact=True) / comb(samples, k, exact=True), "pass^k")
print(f"{checked} figures, the greatest difference {worst:.1e}; JUnit is valid")
