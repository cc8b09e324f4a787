"""Generated templates with generated contexts: the bytes of PyPI's jinja2 in Hugging Face's settings, or both fail.

    template_differential.py TEMPLATELOOP [--count 20000] [--seed 1] [--show 10]

TEMPLATELOOP is Tests/Benchmark/TemplateLoop, built. The grammar makes every statement, operator, filter, test and method that the engine has,
with white-space control, over values of every type. Not made, for Python's own text of them is not determined or the engine says it
does not have them (Docs/ChatTemplates.md): complex numbers, integers beyond 64 bits, addresses in the `repr` of functions and iterators.
"""

import argparse
import collections
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.dirname(__file__))
import hugging_face_jinja

WORDS = ["", "a", "Ab", "hello world", "x-y z", " pad ", "é", "ß", "Σας", "日本", "😀!", "line\nbreak", "tab\there", "1", "42.5", "-7", "<b>&'\"", "%s", "{}", "{0}", "a,b,,c", "ABC", "\u00a0x\u00a0", "\x1c", "q'uote", 'd"q', "back\\slash", "1e3", "true", "None", "\x7f", "ı", "ǆ"]
NAMES = ["messages", "tools", "s", "t", "n", "f", "b", "l", "d", "e", "nothing", "absent", "x", "y", "z", "ns"]


class Maker:
    def __init__(self, r):
        self.r = r
        self.macros = []

    def value(self, depth=2):
        r = self.r
        kinds = ["str", "str", "int", "float", "bool", "none"] + (["list", "dict"] if depth else [])
        kind = r.choice(kinds)
        if kind == "str":
            return r.choice(WORDS)
        if kind == "int":
            return r.choice([0, 1, 2, 3, -1, 7, 10, 100, -25, 12345])
        if kind == "float":
            return r.choice([0.0, 1.0, -2.5, 3.14159, 1e16, 1e-5, 0.1, 2.0, 1e22, 123456.789, -0.0])
        if kind == "bool":
            return r.random() < 0.5
        if kind == "none":
            return None
        if kind == "list":
            return [self.value(depth - 1) for _ in range(r.randrange(4))]
        return {r.choice(["a", "b", "role", "content", "name", "items", "é", "k k", "get", "1"]): self.value(depth - 1) for _ in range(r.randrange(4))}

    def context(self):
        r = self.r
        roles = ["system", "user", "assistant", "tool"]
        messages = []
        for _ in range(r.randrange(5)):
            m = {"role": r.choice(roles), "content": r.choice([r.choice(WORDS), r.choice(WORDS), None, [{"type": "text", "text": r.choice(WORDS)}]])}
            if r.random() < 0.3:
                m["tool_calls"] = [{"type": "function", "function": {"name": r.choice(WORDS), "arguments": {"a": self.value(1)}}}]
            messages.append(m)
        return {
            "messages": messages,
            "tools": r.choice([None, [], [{"type": "function", "function": {"name": "f", "description": r.choice(WORDS), "parameters": {"type": "object", "properties": {"p": {"type": "string"}}}}}]]),
            "s": r.choice(WORDS), "t": r.choice(WORDS), "n": r.choice([0, 1, 2, 3, 5, -4, 17]), "f": r.choice([0.5, 2.0, -1.25, 1e16]),
            "b": r.random() < 0.5, "l": [self.value(1) for _ in range(r.randrange(5))], "d": {k: self.value(1) for k in r.sample(["a", "b", "c", "é", "keys"], r.randrange(5))},
            "e": r.choice([[], {}, "", [1, 2, 3], ["b", "A", "c"], [3, 1, 2], [{"k": 1, "v": "x"}, {"k": 2, "v": "y"}, {"k": 1, "v": "z"}]]),
            "nothing": None, "x": self.value(), "y": self.value(), "add_generation_prompt": r.random() < 0.5,
        }

    # Expressions

    def literal(self):
        r = self.r
        c = r.randrange(12)
        if c < 4:
            text = r.choice(WORDS)
            q = r.choice("'\"")
            out = q
            for ch in text:
                out += "\\" + ch if ch in (q, "\\") else ch
            if r.random() < 0.1:
                out += r.choice(["\\n", "\\t", "\\x41", "\\u00e9", "\\d", "\\'", "\\101", "\\U0001F600"])
            return out + q
        if c < 7:
            return r.choice(["0", "1", "2", "3", "10", "1_000", "0x1f", "0b101", "0o17", "7"])
        if c == 7:
            return r.choice(["1.5", "0.1", "2.0", "1e3", "1.5e-7", "3.0E2", "1_0.5"])
        return r.choice(["true", "false", "none", "True", "None", "[]", "{}", "()"])

    def name(self):
        return self.r.choice(NAMES)

    def args(self, depth, most=3):
        r = self.r
        parts = [self.expr(depth - 1) for _ in range(r.randrange(most))]
        return ", ".join(parts)

    def filter(self, depth):
        r = self.r
        e = lambda: self.expr(depth - 1)
        simple = ["upper", "lower", "title", "capitalize", "trim", "length", "string", "list", "first", "last", "reverse|list", "join", "items|list", "dictsort", "sort", "unique|list", "min", "max", "sum", "abs", "int", "float", "round", "tojson", "default", "escape", "e", "safe", "wordcount", "count", "urlencode", "forceescape", "filesizeformat", "join|upper"]
        options = [
            lambda: r.choice(simple), lambda: r.choice(simple), lambda: r.choice(simple),
            lambda: f"default({e()})", lambda: f"default({e()}, true)", lambda: f"d({e()})", lambda: f"join({self.literal()})",
            lambda: f"join({self.literal()}, attribute={r.choice(['0', chr(39) + 'a' + chr(39), chr(39) + 'k' + chr(39)])})",
            lambda: f"replace({self.literal()}, {self.literal()})", lambda: f"replace({e()}, {e()}, {r.randrange(3)})",
            lambda: f"tojson(indent={r.choice(['2', '0', '4', 'none'])})", lambda: f"tojson(ensure_ascii={r.choice(['true', 'false'])})",
            lambda: "tojson(sort_keys=true)", lambda: "tojson(separators=(',', ':'))",
            lambda: f"indent({r.randrange(5)})", lambda: f"indent({r.randrange(5)}, true)", lambda: "indent(2, blank=true)", lambda: "indent('> ')",
            lambda: f"map({r.choice(['upper', 'lower', 'string', 'length', 'tojson', 'int', 'trim'])!r})|list",
            lambda: f"map(attribute={r.choice(['role', 'content', 'a', 'k', 'function.name'])!r})|list", lambda: "map(attribute='role', default='-')|join(',')",
            lambda: f"select({r.choice(['string', 'number', 'none', 'defined', 'odd', 'mapping'])!r})|list", lambda: "select|list", lambda: "reject|list", lambda: "reject('none')|list",
            lambda: "selectattr('role', 'equalto', 'user')|list", lambda: "rejectattr('content')|list", lambda: "selectattr('k', 'gt', 1)|list", lambda: "selectattr('role')|map(attribute='role')|join",
            lambda: "batch(2)|list", lambda: f"batch(3, {self.literal()})|list", lambda: "slice(2)|list", lambda: f"slice(3, {self.literal()})|list",
            lambda: f"sort(reverse=true)", lambda: "sort(attribute='k')", lambda: "sort(case_sensitive=true)", lambda: "dictsort(by='value')", lambda: "dictsort(reverse=true)", lambda: "sort(attribute='k,v')",
            lambda: f"groupby('k')", lambda: "groupby('k')|map(attribute='grouper')|list", lambda: "unique(attribute='k')|list", lambda: "sum(attribute='k')", lambda: f"sum(start={r.randrange(3)})",
            lambda: f"truncate({r.randrange(3, 12)})", lambda: f"truncate({r.randrange(3, 12)}, true, '…')", lambda: f"truncate(5, leeway=0)", lambda: f"center({r.randrange(12)})", lambda: f"trim({self.literal()})",
            lambda: f"round({r.randrange(-2, 4)})", lambda: f"round({r.randrange(3)}, {r.choice(['floor', 'ceil', 'common'])!r})", lambda: "int(5)", lambda: "int(0, 16)", lambda: "float(1.5)",
            lambda: f"attr({r.choice(['role', 'upper', '__class__', 'items'])!r}) is defined", lambda: f"format({e()})", lambda: f"format({e()}, {e()})", lambda: "max(attribute='k')", lambda: "filesizeformat(true)",
        ]
        return r.choice(options)()

    def test(self, depth):
        r = self.r
        return r.choice([
            "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "boolean", "true", "false", "integer", "float", "odd", "even", "lower", "upper", "callable", "escaped",
            "divisibleby 3", "divisibleby(2)", "eq 1", "== 'a'", "equalto(2)", "ne none", "lt 3", "gt(0)", "in [1, 'a', none]", "sameas true", "sameas none", "filter", "test", "ge 2", "<= 5",
        ])

    def method(self, depth):
        r = self.r
        e = lambda: self.expr(depth - 1)
        return r.choice([
            lambda: ".upper()", lambda: ".lower()", lambda: ".title()", lambda: ".capitalize()", lambda: ".strip()", lambda: ".lstrip()", lambda: ".rstrip()", lambda: f".strip({self.literal()})", lambda: f".lstrip({self.literal()})",
            lambda: ".split()", lambda: f".split({self.literal()})", lambda: f".split({self.literal()}, {r.randrange(3)})", lambda: ".split(none, 1)", lambda: f".rsplit({self.literal()}, 1)", lambda: ".rsplit(maxsplit=1)", lambda: ".splitlines()", lambda: ".splitlines(true)",
            lambda: f".startswith({self.literal()})", lambda: f".endswith({self.literal()})", lambda: ".startswith(('a', 'h'))", lambda: f".startswith({self.literal()}, 1)", lambda: f".find({self.literal()})", lambda: f".rfind({self.literal()})", lambda: f".index({self.literal()})", lambda: f".count({self.literal()})", lambda: ".find('a', 1, 3)",
            lambda: f".replace({self.literal()}, {self.literal()})", lambda: ".replace('a', 'b', 1)", lambda: f".join({e()})", lambda: f".format({e()})", lambda: f".format({e()}, a={e()})", lambda: ".items()|list", lambda: ".keys()|list", lambda: ".values()|list", lambda: ".items()",
            lambda: f".get({self.literal()})", lambda: f".get({self.literal()}, {e()})", lambda: ".isdigit()", lambda: ".isalpha()", lambda: ".isspace()", lambda: ".isupper()", lambda: ".islower()", lambda: ".isalnum()", lambda: ".isnumeric()", lambda: ".istitle()", lambda: ".isascii()", lambda: ".isdecimal()", lambda: ".isprintable()",
            lambda: f".ljust({r.randrange(12)})", lambda: f".rjust({r.randrange(12)}, '*')", lambda: f".center({r.randrange(12)}, '-')", lambda: f".zfill({r.randrange(9)})", lambda: ".swapcase()", lambda: f".partition({self.literal()})", lambda: f".rpartition({self.literal()})", lambda: f".removeprefix({self.literal()})", lambda: f".removesuffix({self.literal()})",
            lambda: ".append(1)", lambda: ".pop()", lambda: ".update({})", lambda: ".__class__", lambda: ".__class__.__mro__", lambda: ".copy()", lambda: ".role", lambda: ".content", lambda: ".a", lambda: ".k.v", lambda: ".real", lambda: ".clear", lambda: ".index(1)", lambda: ".count(1)",
        ])()

    def sub(self, depth):
        r = self.r
        b = lambda: r.choice(["", "", str(r.randrange(-3, 4)), str(r.randrange(-3, 4)), "n"])
        return r.choice([
            lambda: f"[{r.randrange(-3, 4)}]", lambda: f"[{self.literal()}]", lambda: f"[{self.expr(depth - 1)}]", lambda: f"[{b()}:{b()}]", lambda: f"[{b()}:{b()}:{r.choice(['', '1', '2', '-1', '-2'])}]", lambda: ".0", lambda: "['role']", lambda: "[0].role", lambda: "[-1]['content']",
        ])()

    def expr(self, depth=3):
        r = self.r
        if depth <= 0:
            return self.name() if r.random() < 0.6 else self.literal()
        e = lambda: self.expr(depth - 1)
        c = r.randrange(30)
        if c < 4:
            return self.name()
        if c < 6:
            return self.literal()
        if c < 8:
            return f"{e()} {r.choice(['+', '-', '*', '/', '//', '%', '~', '~', '+', '+'])} {e()}"
        if c == 8:
            return r.choice([f"{r.choice(['n', '2', 'f', '3'])} ** {r.choice(['2', '3', '0', '-1'])}", "2 ** f"])
        if c < 11:
            return f"{e()} {r.choice(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'])} {e()}"
        if c == 11:
            return f"{e()} {r.choice(['<', '==', '!='])} {e()} {r.choice(['<', '==', 'in'])} {e()}"
        if c < 14:
            return f"{e()} {r.choice(['and', 'or'])} {e()}"
        if c == 14:
            return f"not {e()}"
        if c == 15:
            return f"({e()} if {e()} else {e()})" if r.random() < 0.8 else f"({e()} if {e()})"
        if c < 20:
            return f"{self.atom(depth)}|{self.filter(depth)}"
        if c == 20:
            return f"({self.atom(depth)} is {r.choice(['', 'not '])}{self.test(depth)})"
        if c < 23:
            return self.atom(depth) + self.method(depth)
        if c < 25:
            return self.atom(depth) + self.sub(depth)
        if c == 25:
            return r.choice([f"[{self.args(depth)}]", f"({e()}, {e()})", f"({e()},)", "{" + f"{self.literal()}: {e()}, {r.choice(['1', 'none', 'true', '1.0', 's'])}: {e()}" + "}"])
        if c == 26:
            return r.choice([f"range({r.randrange(6)})|list", f"range({r.randrange(4)}, {r.randrange(8)}, {r.choice([1, 2, -1, 0])})|list", "range(5)[1:3]|list", "range(3)", "dict(a=1, b=s)", "dict(d, a=2)", "namespace(a=1).a", "strftime_now('%d %b %Y %H:%M %j %A %-d %e')", "range(10)|length", "range(n)|sum"])
        if c == 27:
            return f"{r.choice(['-', '+'])}{self.atom(depth)}"
        if c == 28 and self.macros:
            name, count = r.choice(self.macros)
            return f"{name}({', '.join(self.expr(depth - 1) for _ in range(r.randrange(count + 2)))})"
        return f"({e()})"

    def atom(self, depth):
        r = self.r
        c = r.random()
        if c < 0.6:
            return self.name()
        if c < 0.8:
            return self.literal()
        return f"({self.expr(depth - 1)})"

    # Statements

    def tag(self, body):
        r = self.r
        return "{%" + r.choice(["", "", "-", "-", "+"]) + " " + body + " " + r.choice(["", "", "-", "-", "+"]) + "%}"

    def text(self):
        return self.r.choice(["", "", " ", "\n", "\n\n", "  \n", "text", " a ", "\n    ", "<|im_start|>", "{", "}", "#", "é\n", "\t\n", "\u00a0\n", "\r\n", "x\ry"])

    def output(self, inner=None):
        r = self.r
        return "{{" + r.choice(["", "", "-", "+"][:3]) + " " + (inner or self.expr()) + " " + r.choice(["", "", "-"]) + "}}"

    def body(self, depth, in_loop=False):
        return "".join(self.text() + self.statement(depth, in_loop) for _ in range(self.r.randrange(1, 4))) + self.text()

    def target(self):
        return self.r.choice(["x", "y", "z", "m", "q", "s", "n"])

    def statement(self, depth, in_loop=False):
        r = self.r
        t = self.tag
        c = r.randrange(26)
        if depth <= 0 or c < 7:
            if in_loop and r.random() < 0.35:
                return self.output("loop." + r.choice(["index", "index0", "first", "last", "length", "revindex", "revindex0", "depth", "depth0", "previtem", "nextitem", "cycle('a', 'b')", "changed(x)", "previtem.role", "nextitem is defined"]))
            return self.output()
        if c < 10:
            out = t("if " + self.expr()) + self.body(depth - 1, in_loop)
            if r.random() < 0.3:
                out += t("elif " + self.expr()) + self.body(depth - 1, in_loop)
            if r.random() < 0.4:
                out += t("else") + self.body(depth - 1, in_loop)
            return out + t("endif")
        if c < 14:
            seq = r.choice(["messages", "l", "e", "d", "d.items()", "d|items", "range(3)", "s", "tools", "absent", "[1, 2, 3]", "messages[::-1]", "l|select|list", "messages|map(attribute='role')", "e|reverse", "x"])
            target = r.choice(["m", "x", "x", "z", "k, v", "m"]) if "items" not in seq else "k, v"
            cond = f" if {self.expr(1)}" if r.random() < 0.25 else ""
            rec = ""
            inner = self.body(depth - 1, True)
            if r.random() < 0.15:
                inner += t(f"if {self.expr(1)}") + t(r.choice(["break", "continue"])) + t("endif") + self.text()
            els = t("else") + self.body(depth - 1) if r.random() < 0.2 else ""
            return t(f"for {target} in {seq}{cond}{rec}") + inner + els + t("endfor")
        if c < 18:
            return t(f"set {r.choice([self.target(), self.target(), self.target() + ', ' + self.target()])} = {self.expr()}")
        if c == 18:
            return t("set ns = namespace(a=0, s='')") + self.text() + t(f"for i in {r.choice(['l', 'range(4)', 'messages'])}") + t(f"set ns.a = {r.choice(['ns.a + 1', 'loop.index', 'i', self.expr(2)])}") + t("endfor") + self.output(r.choice(["ns.a", "ns.b", "ns['a']", "ns.a ~ ns.s"]))
        if c == 19:
            return t(f"set {self.target()}{r.choice(['', '', ' | upper', ' | trim | length'])}") + self.body(depth - 1, in_loop) + t("endset")
        if c == 20:
            return t(f"with {self.target()} = {self.expr(2)}, w = {self.expr(2)}") + self.body(depth - 1, in_loop) + t("endwith")
        if c == 21:
            return t("filter " + r.choice(["upper", "trim", "replace('a', 'b')", "indent(2)", "title", "length"])) + self.body(depth - 1, in_loop) + t("endfilter")
        if c == 22:
            name = r.choice(["mac", "mac2", "rec"])
            params = r.choice([[], ["x"], ["x", "p=1"], ["p='d'", "q=s"], ["x", "y=x"]])
            saved, self.macros = self.macros, []
            inner = self.body(depth - 1)
            self.macros = saved + [(name, len(params))]
            extra = r.choice(["", "", self.output("varargs|length"), self.output("kwargs|tojson"), self.output("caller() if caller else 'none'")])
            return t(f"macro {name}({', '.join(params)})") + inner + extra + t("endmacro") + self.output(f"{name}({', '.join([self.expr(1) for _ in range(r.randrange(3))] + r.choice([[], [], ['p=2']]))})")
        if c == 23:
            return t(f"macro cm(a=1){''}") + "[" + self.output("caller(a)") + "]" + t("endmacro") + t(r.choice(["call(v) cm()", "call(v) cm(s)", "call cm()"])) + self.body(depth - 1) + r.choice(["", self.output("v")]) + t("endcall")
        if c == 24:
            return r.choice([t("generation") + self.body(depth - 1) + t("endgeneration"), "{%" + r.choice(["", "-"]) + " raw " + r.choice(["", "-"]) + "%}" + self.text() + "{{ x }} {% if %}" + self.text() + "{%" + r.choice(["", "-"]) + " endraw " + r.choice(["", "-"]) + "%}"])
        return "{#" + r.choice(["", "-", "+"][:2]) + " comment " + r.choice(["", "-"]) + "#}"


ADDRESS = re.compile(r"0x[0-9a-f]{6,}|<(function|bound method|built-in method|generator object|list_reverseiterator|Cycler|jinja2\.|markupsafe)|\b\d{19,}\b")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loop")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10)
    options = parser.parse_args()
    r = random.Random(options.seed)
    now = datetime.datetime(2026, 11, 21, 9, 5, 7)
    made = hugging_face_jinja.environment(now)
    cases, expected, undetermined = [], [], 0
    warnings.simplefilter("ignore")
    while len(cases) < options.count:
        maker = Maker(r)
        context = maker.context()
        # Most pieces fail by themselves; some are kept, for a failure ends a template and hides what follows it.
        template = maker.text()
        for _ in range(r.randrange(1, 7)):
            piece = maker.statement(r.randrange(1, 4)) + maker.text()
            try:
                made.from_string(template + piece).render(**context)
            except Exception:
                if r.random() < 0.93:
                    continue
            template += piece
        try:
            text, error = made.from_string(template).render(**context), None
            text.encode()
        except RecursionError:
            continue
        except Exception as problem:
            text, error = None, f"{type(problem).__name__}: {problem}"
        if text is not None and ADDRESS.search(text):
            undetermined += 1
            continue
        cases.append({"template": template, "context": context, "now": now.isoformat()})
        expected.append((text, error))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        for case in cases:
            file.write(json.dumps(case) + "\n")
    run = subprocess.run([options.loop, file.name], capture_output=True)
    lines = run.stdout.decode().splitlines()
    if run.returncode or len(lines) != len(cases):
        print(f"the loop ended with {run.returncode} after {len(lines)} of {len(cases)} cases: {run.stderr.decode()[-500:]}")
        if len(lines) < len(cases):
            print(json.dumps(cases[len(lines)]))
        return 1
    os.unlink(file.name)
    counts, shown = collections.Counter(), 0
    for case, (text, error), line in zip(cases, expected, lines):
        got = json.loads(line)
        if "error" in got and "not supported" in got["error"]:
            counts["refused, and said so"] += 1
        if text is None and "error" in got:
            counts["both fail"] += 1
        elif text is not None and got.get("text") == text:
            counts["same text"] += 1
        else:
            counts["different"] += 1
            if shown < options.show:
                shown += 1
                print("--- " + repr(case["template"]))
                print("context " + json.dumps(case["context"], ensure_ascii=False))
                print("python  " + (repr(text) if text is not None else error))
                print("ours    " + repr(got.get("text", got.get("error"))))
    print(f"seed {options.seed}: {len(cases)} templates: " + ", ".join(f"{n} {k}" for k, n in counts.items()) + f"; {undetermined} made and left out, for Python's text has an address or an integer beyond 64 bits")
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
