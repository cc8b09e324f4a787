#!/usr/bin/env python3
"""Compares the formats bfcl-v3 and bfcl-v4 with the decoder of the package bfcl-eval, on random and mutated Python.

    python3 Tests/Conformance/Scripts/python_differential.py --bfcl-v3 FOLDER --bfcl-v4 FOLDER [--count 100000] [--seed 1]
        [--command .build/release/toolreward]

FOLDER is where bfcl-eval 2025.7.9, or 2026.3.23, is unpacked: what holds the folder bfcl_eval. Only four functions of it are run, so
that it needs nothing that it depends on. Use CPython 3.11, whose grammar and `ast.unparse` ours are.

Compared is what JSON can hold of the result: value for value, `1` and `1.0` and `true` told apart. Left out, as documented with
BFCLDecoder: arithmetic on anything but constants, f-strings within text, results that are not JSON, and what takes the package more than a second.
"""
import argparse
import ast
import json
import random
import signal
import subprocess
import sys
import warnings
from collections import Counter

warnings.simplefilter("ignore")
WANTED = {"ast_parse", "resolve_ast_call", "resolve_ast_by_type", "default_decode_ast_prompting"}


def official(folder):
    """The package's decoder, cut out of its source."""
    with open(f"{folder}/bfcl_eval/model_handler/utils.py") as file:
        tree = ast.parse(file.read())

    class ReturnFormat:
        PYTHON, JAVA, JAVASCRIPT = "Python", "Java", "JavaScript"
        VERBOSE_XML, CONCISE_XML, JSON = "verbose", "concise", "json"

    names = {"ast": ast, "ReturnFormat": ReturnFormat}
    body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in WANTED]
    exec(compile(ast.Module(body, []), "bfcl", "exec"), names)
    return lambda text: names["default_decode_ast_prompting"](text, "Python")


def ours(command, version, cases):
    """What the command reads: a list of [name, arguments] for each text, or None where it read no calls."""
    lines = "".join(json.dumps({"completion": case}) + "\n" for case in cases)
    run = subprocess.run(
        [command, "parse", "--format", f"bfcl-{version}", "-"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    results = []
    for line in run.stdout.splitlines():
        calls = json.loads(line)["calls"]
        whole = all(call["status"] == "ok" for call in calls)
        results.append([[call["name"], call["arguments"]] for call in calls] if whole else None)
    assert len(results) == len(cases), (len(results), len(cases))
    return results


def normal(value):
    """A form that tells 1, 1.0 and True apart, and keeps the order of members."""
    if isinstance(value, dict):
        return ("object", tuple((key, normal(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return ("array", tuple(normal(item) for item in value))
    return (type(value).__name__, repr(value))


class NotJSON(Exception):
    pass


def check_json(value):
    if isinstance(value, (bytes, complex, type(...), set)):
        raise NotJSON
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**4300:
        raise NotJSON
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise NotJSON
            check_json(key)
            check_json(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_json(item)


def parsed(text, version):
    text = text.strip("`\n ")
    text = text if text.startswith("[") else "[" + text
    text = text if text.endswith("]") else text + "]"
    try:
        return ast.parse(text.strip("[]'") if version == "v3" else text.strip().strip("'"), mode="eval")
    except Exception:
        return None


def is_departure(text, version):
    """Whether the text holds an f-string, arithmetic on more than constants, or such that makes a number of over 4,300 digits on its way."""
    constant = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.List, ast.Tuple, ast.operator, ast.unaryop, ast.expr_context)
    for node in ast.walk(parsed(text, version) or ast.Module([], [])):
        if isinstance(node, ast.JoinedStr):
            return True
        if isinstance(node, ast.BinOp):
            if not all(isinstance(part, constant) for part in ast.walk(node)):
                return True
            try:
                value = eval(compile(ast.Expression(node), "", "eval"))
            except Exception:
                continue
            if isinstance(value, int) and abs(value) >= 10**4300:
                return True
    return False


class TimeOut(BaseException):
    pass


def on_alarm(*_):
    raise TimeOut


def decoded(decode, case):
    """What the decoder makes of a text; None if it fails."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        calls = decode(case)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for call in calls:
            check_json(call)
        pairs = [list(call.items())[0] for call in calls]
        return normal(json.loads(json.dumps(pairs)))
    except (TimeOut, MemoryError):
        raise
    except BaseException:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def compare(decode, version, cases, results):
    counts = Counter()
    for case, result in zip(cases, results):
        # The alarm may come while the decoder's own failure is on its way: here it is caught wherever it came.
        try:
            expected = decoded(decode, case)
        except TimeOut:
            counts["left out: time"] += 1
            continue
        except MemoryError:
            counts["left out: memory"] += 1
            continue
        # Calls of no result and a text without any both have none.
        own = None if result is None else normal(result)
        if own == expected or (expected in (None, ("array", ())) and own in (None, ("array", ()))):
            counts["same, calls" if expected else "same, no calls"] += 1
        elif own in (None, ("array", ())) and is_departure(case, version):
            counts["left out: departure"] += 1
        else:
            counts["DIFFERENT"] += 1
            print(f"{version} {case!r}\n  official {expected}\n  ours     {own}")
    return counts


SIGNS = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^"]
NAMES = (
    "a b x f foo _f true null é ﬁ ª x1 print match ｘ 𝐱 e\u0301 Ａ ᾲ 가 각 type ſ µ".split()
)
NUMBERS = (
    "0 1 2 3 5 7 10 255 12345678901234567890 9007199254740993 18446744073709551616 1.0 0.5 .5 5. 1e5 1E-3 1e400 1e22 1e16 1e15 0.1 "
    "123456789.123 1_000 1_0.5_0 007.5 00 0_0 09. 0e0 1e-400 5e-324 2.5e-5 1e308 0.0001 0.00001 3.14 0x1F 0o17 0b101 0x_f 0b1_0 1j 2.5J "
    "0xdeadbeefcafebabe1234"
).split()
PIECES = (
    "a|b| |\\n|\\t|\\x41|\\u00e9|\\U0001F600|\\101|\\0|\\q|\\\\|é|日|{|}|{{|}}|%s|%|\\ud800|\\\n|\x7f|\xa0|\u200b|#|\\'|\\\"|(|)|[|]|,"
).split("|")
PREFIXES = [""] * 12 + "r u b f rb Rb fr U R F bR ur B".split()
INSERTED = list("()[]{},:='\"\\ \n\t#.*+-/%@&|^~<>!;$`0123456789abefnrux_éj\r\f\v\x00\ufeff\xa0") + (
    "lambda |if |else |for |in |not |await |yield |async |:=|**|...|\\\n|#c\n|\r\n|``|\"\"\"|'''|None|True|0x|1_|and |is "
).split("|")


class Generator:
    """Random Python, most of it valid. `depth` says how far an expression may nest."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def many(self, make, most=3):
        return [make() for _ in range(self.random.randint(0, most))]

    def joined(self, items):
        return self.pick(", ", ",", " , ").join(items) + ("," if items and self.chance(0.2) else "")

    def name(self):
        return self.random.choice(NAMES)

    def keyword(self):
        return self.pick("a", "b", "c", "x", "from_", "é", "print", "null")

    def number(self):
        return self.random.choice(NUMBERS) if self.chance(0.7) else str(self.random.randint(0, 1000))

    def string(self):
        body = "".join(self.many(lambda: self.random.choice(PIECES), 5))
        quote = self.pick("'", '"', "'", '"', "'''", '"""')
        if len(quote) == 3 and self.chance(0.3):
            body += self.pick("\n", "\r\n", "'", '"', "\r")
        text = self.random.choice(PREFIXES) + quote + body + quote
        return text + self.pick("", " ") + self.string() if self.chance(0.08) else text

    def formatted(self, depth):
        quote = self.pick('"', '"""')
        field = self.expression(depth - 1).replace('"', "'")
        ending = self.pick("", "!r", "!x", "=", ":>10", ":{w}", ":{{}}", "= ", "!s:x")
        return "f" + quote + self.pick("", "x", "{{", "}}") + "{" + field + ending + "}" + quote

    def constant(self):
        return self.pick(self.number, self.number, self.string, lambda: self.pick("True", "False", "None", "..."))()

    def expression(self, depth):
        if depth <= 0 or self.chance(0.4):
            return self.atom(depth)
        inner = lambda: self.expression(depth - 1)
        kinds = [
            lambda: inner() + self.pick("", " ") + self.random.choice(SIGNS + ["@"]) + self.pick("", " ") + inner(),
            lambda: inner() + " " + self.random.choice(SIGNS) + " " + inner(),
            lambda: self.pick("-", "+", "~", "not ", "- ", "--", "await ") + inner(),
            lambda: inner() + self.pick(" < ", "==", "!=", " in ", " not in ", " is ", " is not ", ">=") + inner(),
            lambda: inner() + self.pick(" and ", " or ") + inner(),
            lambda: inner() + " if " + inner() + " else " + inner(),
            lambda: self.lambda_(depth),
        ]
        return self.random.choice(kinds)()

    def atom(self, depth):
        if depth <= 0 or self.chance(0.3):
            return self.constant() if self.chance(0.7) else self.name()
        inner = lambda: self.expression(depth - 1)
        kinds = [
            lambda: "(" + inner() + ")",
            lambda: "(" + self.elements(depth - 1) + ")",
            lambda: "[" + self.elements(depth - 1) + "]",
            lambda: "{" + self.elements(depth - 1) + "}",
            lambda: self.dictionary(depth - 1),
            lambda: self.comprehension(depth - 1),
            lambda: self.formatted(depth),
            lambda: self.pick("(yield)", "(yield " + inner() + ")", "(yield from " + inner() + ")"),
            lambda: self.call(depth - 1),
            lambda: self.call(depth - 1),
            lambda: self.atom(depth - 1) + self.pick(".", " .", ". ") + self.name(),
            lambda: self.atom(depth - 1) + "[" + self.slices(depth - 1) + "]",
        ]
        return self.random.choice(kinds)()

    def elements(self, depth):
        return self.joined(self.many(lambda: self.pick("", "", "", "", "", "", "", "*", "y:=") + self.expression(depth)))

    def slices(self, depth):
        inner = lambda: self.expression(depth)
        one = lambda: self.pick(inner(), inner(), ":", "::", ":" + inner(), inner() + ":" + inner() + ":", "*" + inner(), "x:=" + inner())
        return self.joined([one()] + self.many(one, 1))

    def dictionary(self, depth):
        key = lambda: self.constant() if self.chance(0.7) else self.expression(depth)
        entry = lambda: "**" + self.expression(depth) if self.chance(0.07) else key() + ": " + self.expression(depth)
        return "{" + self.joined(self.many(entry)) + "}"

    def clause(self, depth):
        targets = ["i", "i", "i", "i, j", "(i, j)", "i,", "*i", "*i, j", "[i, j]", "i.x", "i[0]", "f()", "1"]
        condition = " if " + self.expression(depth) if self.chance(0.3) else ""
        return self.pick(" for ", " for ", " async for ") + self.random.choice(targets) + " in " + self.expression(depth) + condition

    def comprehension(self, depth):
        brackets = self.pick("()", "[]", "{}")
        body = self.pick("", "", "", "", "z := ", "*") + self.expression(depth)
        if brackets == "{}" and self.chance(0.5):
            body += ": " + self.expression(depth)
        return brackets[0] + body + self.clause(depth) + (self.clause(depth) if self.chance(0.2) else "") + brackets[1]

    def arguments(self, depth):
        if self.chance(0.03):
            return self.expression(depth) + self.clause(depth) + self.pick("", "", ",", ", 1")
        positional = self.many(lambda: self.pick("", "", "", "*", "w:=") + self.expression(depth), 2)
        keyword = lambda: self.pick(*[self.keyword() + "="] * 6, "**", self.expression(depth) + "=") + self.expression(depth)
        arguments = positional + self.many(keyword, 2)
        if self.chance(0.15):
            self.random.shuffle(arguments)
        return self.joined(arguments)

    def call(self, depth):
        function = self.name() if self.chance(0.7) else self.atom(depth - 1)
        while self.chance(0.25):
            function += "." + self.name()
        return function + self.pick("", "", "", " ") + "(" + self.arguments(depth) + ")"

    def lambda_(self, depth):
        value = lambda: self.expression(depth - 1)
        parameters = self.many(lambda: self.pick("a", "b", "c", "*", "*d", "**k", "/", "e=" + value(), "g=" + value()))
        return "lambda" + (" " + self.joined(parameters) if parameters else "") + ": " + value()

    def arithmetic(self, depth):
        """Mostly constants and signs that go together."""
        if depth <= 0 or self.chance(0.15):
            others = ["True", "False", "'ab'", '"%s-%d"', "[1,2]", "(1,)", "(1,2)", "2.5", "-3", "(-7)", "1e308", "0", "10**20"]
            return self.pick(self.number(), str(self.random.randint(0, 20)), self.random.choice(others))
        inner = lambda: self.arithmetic(depth - 1)
        kinds = [
            lambda: self.pick("-", "+", "~", "not ") + inner(),
            lambda: "(" + inner() + ")",
            lambda: "[" + inner() + "," + inner() + "]",
        ] + [lambda: inner() + " " + self.random.choice(SIGNS) + " " + inner()] * 6
        return self.random.choice(kinds)()

    def value(self, depth):
        """A value as models write them, and some that they do not."""
        if depth <= 0 or self.chance(0.35):
            return self.constant()
        inner = lambda: self.value(depth - 1)
        key = lambda: self.pick(self.constant(), self.constant(), "-1", "1.0", "True", "x", self.arithmetic(1))
        kinds = [
            lambda: "[" + ", ".join(self.many(inner)) + "]",
            lambda: "{" + ", ".join(self.many(lambda: key() + ": " + inner())) + "}",
            lambda: "(" + "".join(item + "," for item in self.many(inner)) + ")",
            lambda: self.pick("-", "+", "~", "not ") + self.constant(),
            lambda: self.arithmetic(self.random.randint(1, 3)),
            lambda: self.call(2),
            lambda: self.atom(1) + "[" + self.slices(1) + "]",
            lambda: self.name(),
            lambda: self.expression(2),
        ]
        return self.random.choice(kinds)()

    def plain_call(self):
        dropped = [self.expression(1)] if self.chance(0.2) else []
        keywords = self.many(lambda: self.keyword() + "=" + self.value(2))
        return self.pick("", "", "m.") + self.name() + "(" + ", ".join(dropped + keywords) + ")"

    def text(self):
        kinds = [
            lambda: self.pick("[", "", "(", "[[", "{", " [")
            + ", ".join([self.plain_call()] + self.many(self.plain_call, 2))
            + self.pick("]", "", ")", "]]", "}", ", ]", "] "),
            lambda: "[f(a=" + self.arithmetic(self.random.randint(1, 4)) + ")]",
            lambda: "[f(a=g(" + self.expression(self.random.randint(1, 3)) + "))]",
            lambda: "[f(a=x[" + self.slices(2) + "])]",
            lambda: self.pick("[f(a=", "f(", "[") + self.expression(self.random.randint(1, 4)) + self.pick(")]", ")", "]"),
        ]
        text = self.random.choice([kinds[0]] + kinds)()
        return self.mutated(text) if self.chance(0.4) else text

    def mutated(self, text):
        for _ in range(self.random.randint(1, 3)):
            start = self.random.randint(0, len(text))
            end = start + self.random.randint(1, 3)
            text = self.pick(
                text[:start] + text[end:],
                text[:start] + self.random.choice(INSERTED) + text[start:],
                text[:start] + text[start:end] + text[start:],
            )
        return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bfcl-v3")
    parser.add_argument("--bfcl-v4")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", default=".build/release/toolreward")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, on_alarm)
    generator = Generator(options.seed)
    cases = []
    while len(cases) < options.count:
        case = generator.text()
        if not any(0xD800 <= ord(character) < 0xE000 for character in case):
            cases.append(case)
    failed = False
    for version, folder in (("v3", options.bfcl_v3), ("v4", options.bfcl_v4)):
        if folder:
            counts = compare(official(folder), version, cases, ours(options.command, version, cases))
            print(version, dict(counts))
            failed = failed or counts["DIFFERENT"] > 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
