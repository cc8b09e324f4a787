#!/usr/bin/env python3
"""`toolreward evaluate bfcl` gives the verdicts and error types of the package bfcl-eval, on predictions made from its answers and spoilt.

    python3 Tests/Conformance/Scripts/bfcl_differential.py --bfcl FOLDER --command .build/release/toolreward
        [--count 60000] [--seed 1] [--python-only] [--no-synthetic] [--keep FOLDER]

FOLDER is where bfcl-eval 2025.7.9 (version 3) or 2026.3.23 (version 4) is unpacked: what holds the folder bfcl_eval. The package's own
checker and decoders run, in this process; what they import from vendors is replaced by empty stand-ins. Use CPython 3.11, whose grammar and
`ast.unparse` ours are. Tool-N1's decoder is not in the package: its rule is written down here.

The questions are the package's, and some made here of types and texts that it has none of (ß, ς, Queue, Bigint, a type that raises);
they go to the command in a folder of the package's layout. Python is predicted half as text, by eight decoders; Java and JavaScript as decoded
calls. Each spoiling has a name, under which differences are shown. Left out: text that the package would evaluate with more than constants in it.

Prints up to ten differences of each spoiling, the error types that occurred and the CPU time of both sides; fails on a difference, or if the
command is less than --ratio times (0 unless told) as fast. The command's time is that of its whole run, files included; the package's only of
decoding and checking, and once more with the same files.
"""
import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import math
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import types
import warnings
from collections import Counter, defaultdict
from contextlib import redirect_stdout

warnings.simplefilter("ignore")
RAISES = "official_raises"
ANSWERED = (
    "simple java javascript simple_python simple_java simple_javascript multiple parallel parallel_multiple "
    "live_simple live_multiple live_parallel live_parallel_multiple"
).split()
UNANSWERED = "irrelevance live_irrelevance live_relevance".split()


# The official side


class LeftOut(BaseException):
    """Text that the official code would evaluate and that holds more than constants."""


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules for what the package imports from others: any name in them is a class that does nothing."""

    NAMES = set("filelock openai overrides requests tenacity tqdm transformers tree_sitter tree_sitter_java tree_sitter_javascript".split())

    class Module(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            if name == "override":
                return lambda function: function
            nothing = lambda *_, **__: None
            return type(name, (), {"__init__": nothing, "__getattr__": lambda *_: nothing, "__call__": lambda *_: lambda function: function})

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in self.NAMES else None

    def create_module(self, spec):
        return self.Module(spec.name)

    def exec_module(self, module):
        pass


CONSTANTS = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.operator, ast.unaryop, ast.expr_context)
EAGER = CONSTANTS + (ast.Name, ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred)


def guarded_eval(module):
    """`eval` for a module of the package, of constants alone, and of no great powers. A name that nobody knows raises, whatever stands around it."""
    known = set(vars(module)) | set(vars(__import__("builtins")))

    def evaluate(text):
        tree = ast.parse(text.lstrip(" \t"), mode="eval")
        nodes = list(ast.walk(tree))
        names = [node.id for node in nodes if isinstance(node, ast.Name)]
        if not all(isinstance(node, EAGER) for node in nodes) or known.intersection(names):
            raise LeftOut
        if names:
            raise NameError(names[0])
        if not all(isinstance(node, CONSTANTS) for node in nodes):
            raise LeftOut
        powers = [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.LShift))]
        holds_text = any(isinstance(node, (ast.List, ast.Tuple)) or isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) for node in nodes)
        most = 99 if powers else 10**6 if holds_text and any(isinstance(node, ast.Mult) for node in nodes) else 10**999
        sizes = [node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int]
        if len(powers) > 1 or any(size > most for size in sizes) or holds_text and len(sizes) > 3:
            raise LeftOut
        return eval(compile(tree, "constants", "eval"), {"__builtins__": {}})

    return evaluate


class Official:
    def __init__(self, folder):
        sys.path.insert(0, folder)
        sys.meta_path.insert(0, StandIns())
        config = types.ModuleType("bfcl_eval.constants.model_config")
        config.MODEL_CONFIG_MAPPING = {name: types.SimpleNamespace(underscore_to_dot=name == "underscores") for name in ("underscores", "dots")}
        sys.modules[config.__name__] = config
        load = lambda name: importlib.import_module("bfcl_eval." + name)
        self.data = os.path.join(folder, "bfcl_eval", "data")
        self.version = "v4" if any(name.startswith("BFCL_v4_") for name in os.listdir(self.data)) else "v3"
        self.check = load("eval_checker.ast_eval.ast_checker").ast_checker
        self.converters = {
            "java": load("eval_checker.ast_eval.type_convertor.java_type_converter").java_type_converter,
            "javascript": load("eval_checker.ast_eval.type_convertor.js_type_converter").js_type_converter,
        }
        self.is_calls, self.is_empty = load("utils").is_function_calling_format_output, load("utils").is_empty_output
        texts = load("model_handler.utils")
        local = {name: load("model_handler.local_inference." + name) for name in "qwen_fc salesforce_qwen hammer llama_3_1 mistral_fc".split()}
        for module in (texts, local["llama_3_1"]):
            module.eval = guarded_eval(module)
        completions = load("model_handler.api_inference.openai_completion").OpenAICompletionsHandler
        if self.version == "v4":
            enums = load("constants.enums")
            self.languages = {"python": enums.Language.PYTHON, "java": enums.Language.JAVA, "javascript": enums.Language.JAVASCRIPT}
            rest = (enums.ReturnFormat.PYTHON, False)
        else:
            self.languages = {"python": "Python", "java": "Java", "javascript": "JavaScript"}
            rest = ("Python",)
        qwen = local["qwen_fc"].QwenFCHandler
        itself = types.SimpleNamespace(model_name="FC", is_fc_model=True, _extract_tool_calls=qwen._extract_tool_calls)
        method = lambda handler: lambda result: handler.decode_ast(itself, result, *rest)
        self.decoders = {
            "prompt": lambda result: texts.default_decode_ast_prompting(result, rest[0]),
            "hermes": method(qwen),
            "tool-n1": tool_n1,
            "xlam": method(local["salesforce_qwen"].SalesforceQwenHandler),
            "hammer": method(local["hammer"].HammerHandler),
            "llama": method(local["llama_3_1"].LlamaHandler_3_1),
            "fc": method(completions),
            "list": method(local["mistral_fc"].MistralFCHandler),
        }

    def verdict(self, question, prediction):
        try:
            decoded = self.decoders[prediction.decoder](prediction.raw) if prediction.decoder else prediction.decoded
        except Exception:
            decoded, failed = None, True
        else:
            failed = False
        if not question.truth:
            called = not failed and not self.is_empty(decoded)
            if "irrelevance" in question.category:
                return (not called, "irrelevance_error:decoder_success" if called else None)
            return (called, None if called else "relevance_error:decoder_failed")
        if failed:
            return (False, "ast_decoder:decoder_failed")
        if not self.is_calls(decoded):
            return (False, "ast_decoder:decoder_wrong_output_format")
        try:
            result = self.check(
                question.functions, decoded, question.truth, self.languages[question.language], question.category, prediction.model)
        except Exception:
            return (False, RAISES)
        return (result["valid"], None if result["valid"] else result["error_type"])


def tool_n1(text):
    """What Tool-N1's eval/bfcl_handler.py does: the first tag's JSON, a list of calls; without any there is nothing to go through."""
    found = re.search("<tool_call>(.*?)</tool_call>", text, re.DOTALL)
    try:
        calls = json.loads(found.group(1).strip()) if found else None
    except json.JSONDecodeError:
        calls = None
    return [{call["name"]: call["arguments"]} for call in calls]


# Questions


class Question:
    def __init__(self, category, identifier, functions, truth):
        self.category, self.id, self.functions, self.truth = category, identifier, functions, truth
        self.language = "javascript" if "javascript" in category else "java" if "java" in category else "python"
        self.by_name = {function["name"]: function for function in functions}

    def parameter(self, name, key):
        return self.by_name.get(name, self.functions[0])["parameters"]["properties"].get(key, {})


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def read_questions(data, version):
    questions = []
    for category in ANSWERED + UNANSWERED:
        name = f"BFCL_{version}_{category}.json"
        if os.path.exists(os.path.join(data, name)):
            rows = lines(os.path.join(data, name))
            answers = lines(os.path.join(data, "possible_answer", name)) if category in ANSWERED else [{"ground_truth": []}] * len(rows)
            assert len(rows) == len(answers), category
            questions += [Question(category, row["id"], row["function"], answer["ground_truth"]) for row, answer in zip(rows, answers)]
    return questions


TEXTS = (
    "a|New York|it's|São Paulo|Sa\u0303o Paulo|ΟΔΟΣ|οδός|ΑΣ|ΣΑΣ.|İstanbul|istanbul|Straße|strasse|STRASSE|５|ﬁn|K|\u212a|Ǆ|ǅ|x\tb|a\u00a0b|2024-01-31|A_b*c^d,e./|"
    "\"q\"|🐉 Dragon|ÀÉ|true|5|Ω|Ω|ﬀ|ϒ|ſ|Ꭰ|Ა|𐐀|ʼn"
).split("|")
FRACTIONS = [0.0, 1.0, 2.5, -3.25, 0.1, 1e22, 9007199254740992.0, 60.0]
WHOLES = [0, 1, 2, 5, -7, 42, 1500, 9007199254740992, 9007199254740993, 10**30]
KINDS = {
    "python": ["string"] * 5 + ["integer"] * 3 + ["float"] * 3 + ["boolean"] * 2 + ["array"] * 6 + ["tuple"] * 2 + ["dict"] * 4 + ["any"],
    "java": "byte short integer integer float double long long boolean char String String any Array Array ArrayList ArrayList HashMap HashMap".split(),
    "javascript": "String String any integer float Bigint Boolean array array array dict dict dict".split(),
}
ELEMENTS = {
    "python": "string string integer float float boolean array dict dict dict any".split(),
    "java": "String String integer long float double boolean char any byte".split(),
    "javascript": "String String integer float Bigint Boolean any".split(),
}
RAISING = {"python": ["number", "object", "list"], "java": ["Set", "Hashtable", "Queue", "Stack", "int"], "javascript": ["string", "Array"]}


class Maker:
    """Questions of one's own, of rare types and texts."""

    def __init__(self, rng):
        self.rng = rng

    def value(self, kind, element=None, depth=0):
        pick = self.rng.choice
        if kind in ("string", "any", "String", "char"):
            return pick(TEXTS)
        if kind in ("integer", "byte", "short", "long", "Bigint"):
            return pick(WHOLES)
        if kind in ("float", "double"):
            return pick(FRACTIONS + WHOLES[:4])
        if kind in ("boolean", "Boolean"):
            return pick([True, False])
        if kind in ("array", "tuple", "Array", "ArrayList"):
            inner = element or pick(["string", "integer"])
            return [self.value(inner, None, depth + 1) for _ in range(pick([0, 1, 2, 2, 3]))]
        if kind in ("dict", "HashMap"):
            members = {}
            for key in self.rng.sample(["k", "name", "Size", "é", "n 1"], pick([0, 1, 2, 3])):
                inner = pick(["string", "integer", "float", "boolean", "array"] + ["dict"] * (depth < 1))
                members[key] = self.alternatives(inner, None, depth + 1)
                if self.rng.random() < 0.06:
                    members[key] = pick(["abc", "", 5, {"j": ["x"]}])
            return members
        return pick(TEXTS)

    def alternatives(self, kind, element, depth=0):
        values = [self.value(kind, element, depth) for _ in range(self.rng.choice([1, 1, 2, 3]))]
        chance = self.rng.random()
        if chance < 0.06:
            values.insert(0, None)
        elif chance < 0.12:
            values.append(None)
        elif chance < 0.2:
            values.insert(self.rng.randint(0, 1), self.rng.choice(["aVariable", 5, True, ["x"], {"k": [1]}]))
        elif chance < 0.26:
            values = []
        if self.rng.random() < 0.35:
            values.insert(self.rng.choice([0, len(values)]), "")
        return values

    def parameters(self, language):
        properties, answers = {}, {}
        for key in self.rng.sample(["a", "b", "city", "unit", "x_y", "opts", "items", "e\u0301", "é"], self.rng.choice([0, 1, 2, 3, 4])):
            kind = self.rng.choice(KINDS[language]) if self.rng.random() < 0.98 else self.rng.choice(RAISING[language])
            properties[key] = {"type": kind, "description": key}
            element = None
            if kind in ("array", "tuple", "Array", "ArrayList"):
                element = self.rng.choice(ELEMENTS[language])
                if self.rng.random() < 0.98:
                    properties[key]["items"] = {"type": element}
            answers[key] = self.alternatives(kind, element)
        if self.rng.random() < 0.05:
            properties["only_documented"] = {"type": "string"}
        required = [key for key, values in answers.items() if self.rng.random() < (0.15 if "" in values else 0.8)]
        return {"type": "dict", "properties": properties, "required": required}, answers

    def question(self, category, number):
        language = Question(category, "", [{"name": ""}], []).language
        names = self.rng.sample(["f", "get_weather", "math.area", "a.b.c", "Überweisung", "Shop.find_item", "F"], 3)
        functions, answers = [], {}
        for name in names if "multiple" in category else names[:1]:
            parameters, right = self.parameters(language)
            functions.append({"name": name, "description": name, "parameters": parameters})
            answers[name] = right
        names = list(answers)
        count = self.rng.choice([2, 2, 3]) if "parallel" in category else 1
        truth = [{name: copy.deepcopy(answers[name])} for name in (self.rng.choice(names) for _ in range(count))]
        return Question(category, f"{category}_{number}", functions, truth)


def write_data(folder, data, version, made):
    """The package's questions and those made, in the package's layout."""
    os.makedirs(os.path.join(folder, "possible_answer"))
    for category in ANSWERED + UNANSWERED:
        for place in ("", "possible_answer"):
            name = os.path.join(place, f"BFCL_{version}_{category}.json")
            if not os.path.exists(os.path.join(data, name)):
                continue
            shutil.copyfile(os.path.join(data, name), os.path.join(folder, name))
            with open(os.path.join(folder, name), "rb+") as file:
                if file.seek(0, 2) and (file.seek(-1, 1) or True) and file.read(1) != b"\n":
                    file.write(b"\n")
                for question in made:
                    if question.category == category:
                        row = {"id": question.id, "ground_truth": question.truth}
                        if not place:
                            row = {"id": question.id, "question": [[{"role": "user", "content": "?"}]], "function": question.functions}
                        file.write(json.dumps(row).encode() + b"\n")


# Predictions


class Prediction:
    __slots__ = ("label", "model", "decoder", "raw", "decoded")

    def __init__(self, label, model, decoder=None, raw=None, decoded=None):
        self.label, self.model, self.decoder, self.raw, self.decoded = label, model, decoder, raw, decoded


MISSING = object()


def is_int(value):
    return type(value) is int


def is_number(value):
    return type(value) in (int, float)


def is_text(value):
    return type(value) is str


def as_json(value):
    return json.dumps(value, default=str, skipkeys=True)


class Predictor:
    """Right predictions, and each way to spoil them: a method whose name starts with `spoil_`, which gives None where it does not apply."""

    def __init__(self, rng):
        self.rng = rng
        names = [name for name in dir(self) if name.startswith("spoil_")]
        self.spoilers = {"python": [], "java": [], "javascript": []}
        for name in names:
            for language in self.spoilers:
                if name.startswith("spoil_source_") and language == "python":
                    continue
                if name.startswith(("spoil_source_java_", "spoil_source_js_")) and {"java": "java_", "javascript": "js_"}[language] not in name:
                    continue
                self.spoilers[language].append(name)
        self.spoilers["java"] += [name for name in self.spoilers["java"] if "source" in name] * 3
        self.spoilers["javascript"] += [name for name in self.spoilers["javascript"] if "source" in name] * 3

    def chance(self, share):
        return self.rng.random() < share

    # Right

    def chosen(self, alternatives, omit=0.4):
        if type(alternatives) is not list:
            return copy.deepcopy(alternatives)
        meant = [value for value in alternatives if value != ""]
        if not meant:
            return MISSING if self.chance(0.6) else self.rng.choice(["", "x", 1, None, [], [{}], {}, {"k": 1}])
        if len(meant) < len(alternatives) and self.chance(omit):
            return MISSING
        return self.plain(self.rng.choice(meant))

    def plain(self, value):
        """An alternative as a value: in objects each member stands for its alternatives."""
        if type(value) is dict:
            members = {}
            for key, alternatives in value.items():
                item = self.chosen(alternatives)
                if item is not MISSING:
                    members[key] = item
                elif self.chance(0.15):
                    members[key] = ""
            return members
        if type(value) is list:
            return [self.plain(item) if type(item) is dict else copy.deepcopy(item) for item in value]
        return value

    def right(self, question, model):
        calls = []
        if not question.truth:
            for function in self.rng.sample(question.functions, min(len(question.functions), self.rng.choice([0, 1, 1, 2]))):
                properties = function["parameters"]["properties"]
                calls.append({function["name"]: {key: self.rng.choice(["x", 1, 2.5, True, ["a"], {"k": 1}]) for key in properties}})
        for call in question.truth:
            for name, parameters in call.items():
                arguments = {}
                for key, alternatives in parameters.items():
                    value = self.chosen(alternatives)
                    if value is not MISSING:
                        arguments[key] = value
                        if question.language != "python":
                            definition = question.parameter(name, key)
                            kind, element = definition.get("type"), (definition.get("items") or {}).get("type")
                            source = self.java if question.language == "java" else self.script
                            arguments[key] = source(value, kind, element) if self.chance(0.97) else value
                calls.append({name: arguments})
        if model == "underscores" and self.chance(0.85):
            calls = [{name.replace(".", "_"): arguments for name, arguments in call.items()} for call in calls]
        return calls

    # Source text of Java and JavaScript

    def java(self, value, kind, element=None):
        pick = self.rng.choice
        if kind in ("ArrayList", "Array") and type(value) is list:
            items = [self.java_item(item, element, kind) for item in value]
            named = {"String": "String", "integer": "Integer", "long": "Long", "char": "Character"}.get(element, "Object")
            if kind == "Array":
                base = {"integer": "int"}.get(element, named if element in ("String", "any") else element or "int")
                return f"new {base}[]{pick(['', ' '])}{{{pick(['', ' '])}{pick([', ', ',']).join(items)}{pick(['', ' '])}}}"
            if not items:
                return pick(["new ArrayList<>()", f"new ArrayList<{named}>()"])
            if self.chance(0.5):
                return f"new ArrayList<{pick(['', named])}>(Arrays.asList({pick([', ', ',']).join(items)}))"
            return f"new ArrayList<{pick(['', named])}>(){pick(['', ' '])}{{{{ {' '.join(f'add({item});' for item in items)} }}}}"
        if kind == "HashMap" and type(value) is dict:
            puts = " ".join(f'put("{key}", {self.java_item(item, None, kind)});' for key, item in value.items())
            if not puts and self.chance(0.5):
                return pick(["new HashMap<>()", "new HashMap<String, Object>()"])
            return f"new HashMap<{pick(['', 'String, String', 'String, Object'])}>(){pick(['', ' '])}{{{{ {puts} }}}}"
        if type(value) is bool:
            return str(value).lower()
        if is_number(value):
            return repr(value) + {"long": "L", "float": "f"}.get(kind, "")
        if type(value) in (list, dict):
            return self.java(value, "ArrayList" if type(value) is list else "HashMap")
        return value if is_text(value) else "null"

    def java_item(self, value, element, kind):
        if is_text(value) and element != "any":
            return f"'{value}'" if element == "char" and self.chance(0.7) else f'"{value}"' if not (kind == "Array" and self.chance(
                0.5)) else value
        return self.java(value, element)

    def script(self, value, kind, element=None):
        pick = self.rng.choice
        if type(value) is bool:
            return str(value).lower()
        if is_number(value):
            return repr(value) + ("n" if kind == "Bigint" and is_int(value) else "")
        if is_text(value):
            quote = pick(["", "'", '"'])
            return quote + value + quote
        if type(value) is list:
            items = pick([", ", ","]).join(self.script_item(item, element) for item in value)
            return pick([f"[{items}]", f"[ {items} ]", f"new Array({items})"])
        if type(value) is dict:
            quote = pick(["", "'", '"'])
            members = pick([", ", ","]).join(f"{quote}{key}{quote}: {self.script_item(item, None)}" for key, item in value.items())
            return pick([f"{{{members}}}", f"{{ {members} }}"])
        return "null"

    def script_item(self, value, element):
        quote = self.rng.choice(["'", '"'])
        return quote + value + quote if is_text(value) else self.script(value, element)

    # Places

    def place(self, calls, test=lambda value: True, deep=0.35):
        """A container and a key whose value passes the test."""
        top, inner = [], []

        def walk(container, into):
            for key in list(container) if type(container) is dict else range(len(container)):
                if test(container[key]):
                    into.append((container, key))
                if type(container[key]) in (dict, list):
                    walk(container[key], inner)

        for call in calls:
            for arguments in call.values():
                walk(arguments, top)
        places = inner if inner and (self.chance(deep) or not top) else top
        return self.rng.choice(places) if places else None

    def changed(self, calls, test, change, deep=0.35):
        found = self.place(calls, test, deep)
        if not found:
            return None
        container, key = found
        container[key] = change(container[key])
        return calls

    def arguments(self, calls, test=lambda arguments: True):
        found = [arguments for call in calls for arguments in call.values() if test(arguments)]
        return self.rng.choice(found) if found else None

    def renamed(self, mapping, key, name):
        items = [(name if one == key else one, value) for one, value in mapping.items()]
        mapping.clear()
        mapping.update(items)

    def name_changed(self, calls, change):
        if not calls:
            return None
        call = self.rng.choice(calls)
        name = next(iter(call))
        new = change(name)
        if new == name:
            return None
        self.renamed(call, name, new)
        return calls

    # Names

    def spoil_nothing(self, calls, question):
        return calls

    def spoil_name_case(self, calls, question):
        return self.name_changed(calls, self.rng.choice([str.upper, str.lower, str.swapcase, str.capitalize]))

    def spoil_name_dot_to_underscore(self, calls, question):
        return self.name_changed(calls, lambda name: name.replace(".", "_"))

    def spoil_name_underscore_to_dot(self, calls, question):
        return self.name_changed(calls, lambda name: name.replace("_", "."))

    def spoil_name_one_dot(self, calls, question):
        return self.name_changed(calls, lambda name: name.replace(".", "_", 1) if self.chance(0.5) else name.split(".")[-1])

    def spoil_name_prefix(self, calls, question):
        return self.name_changed(calls, lambda name: self.rng.choice(["functions.", "api_", "_", " ", "default_api."]) + name)

    def spoil_name_suffix(self, calls, question):
        return self.name_changed(calls, lambda name: name + self.rng.choice(["_", " ", "()", "\n", "1", "\u200b"]))

    def spoil_name_look_alike(self, calls, question):
        swaps = [("a", "а"), ("e", "е"), ("o", "ο"), ("c", "с"), ("i", "і"), ("a", "ａ"), ("e", "e\u0301"), ("Ü", "U\u0308"), ("_", "＿"), ("fi",
            "ﬁ")]
        return self.name_changed(calls, lambda name: name.replace(*self.rng.choice([swap for swap in swaps if swap[0] in name] or swaps), 1))

    def spoil_name_of_another(self, calls, question):
        return self.name_changed(calls, lambda name: self.rng.choice(question.functions or [{"name": "f"}])["name"])

    def spoil_name_empty(self, calls, question):
        return self.name_changed(calls, lambda name: "")

    def spoil_name_not_text(self, calls, question):
        return self.name_changed(calls, lambda name: self.rng.choice([None, 5, 2.5, True, ("a",)]))

    # Parameters

    def spoil_parameter_dropped(self, calls, question):
        arguments = self.arguments(calls, len)
        if arguments is None:
            return None
        del arguments[self.rng.choice(list(arguments))]
        return calls

    def spoil_parameters_dropped(self, calls, question):
        arguments = self.arguments(calls, len)
        if arguments is None:
            return None
        for key in list(arguments):
            if self.chance(0.5):
                del arguments[key]
        return calls

    def spoil_parameters_none(self, calls, question):
        arguments = self.arguments(calls, len)
        return None if arguments is None else arguments.clear() or calls

    def spoil_parameter_added(self, calls, question):
        arguments = self.arguments(calls)
        if arguments is None:
            return None
        items = list(arguments.items())
        items.insert(self.rng.randint(0, len(items)), (self.rng.choice(["extra", "", "unit", "é", "e\u0301", "self"]), self.rng.choice(["x", 1,
            None, []])))
        arguments.clear()
        arguments.update(items)
        return calls

    def spoil_parameter_documented_added(self, calls, question):
        if not calls:
            return None
        call = self.rng.choice(calls)
        for name, arguments in call.items():
            for key in question.by_name.get(name, question.functions[0])["parameters"]["properties"]:
                if key not in arguments and self.chance(0.7):
                    arguments[key] = self.rng.choice(["", None, "x", 0, False, [], {}, 1.5])
        return calls

    def spoil_parameter_optional_empty(self, calls, question):
        """The mark of what may be missing, as a value."""
        done = False
        for call, truth in zip(calls, question.truth):
            right, arguments = next(iter(truth.values())), next(iter(call.values()))
            for key, alternatives in right.items():
                if type(alternatives) is list and "" in alternatives and self.chance(0.7):
                    arguments[key] = self.rng.choice(["", "", "", [], {}, " ", ".", None, [""], "new ArrayList<>()", "[]", "{}", "''"])
                    done = True
        return calls if done else None

    def spoil_parameter_case(self, calls, question):
        arguments = self.arguments(calls, len)
        if arguments is None:
            return None
        key = self.rng.choice(list(arguments))
        self.renamed(arguments, key, self.rng.choice([str.upper, str.capitalize, str.swapcase])(key))
        return calls

    def spoil_parameter_renamed(self, calls, question):
        arguments = self.arguments(calls, len)
        if arguments is None:
            return None
        key = self.rng.choice(list(arguments))
        self.renamed(arguments, key, self.rng.choice([key + "_", "_" + key, key + " ", key.replace("_", ""), key.replace("e", "е"), "e\u0301",
            "é", key + "\u200b"]))
        return calls

    def spoil_parameter_key_not_text(self, calls, question):
        arguments = self.arguments(calls, len)
        if arguments is None:
            return None
        self.renamed(arguments, self.rng.choice(list(arguments)), self.rng.choice([None, 1, False, 2.5, ("a", 1)]))
        return calls

    def spoil_parameters_reordered(self, calls, question):
        arguments = self.arguments(calls, lambda arguments: len(arguments) > 1)
        if arguments is None:
            return None
        items = list(arguments.items())
        self.rng.shuffle(items)
        arguments.clear()
        arguments.update(items)
        return calls

    def spoil_parameters_swapped(self, calls, question):
        arguments = self.arguments(calls, lambda arguments: len(arguments) > 1)
        if arguments is None:
            return None
        one, other = self.rng.sample(list(arguments), 2)
        arguments[one], arguments[other] = arguments[other], arguments[one]
        return calls

    def spoil_parameter_two_ways(self, calls, question):
        """Two things wrong: which is told first depends on the order."""
        for spoil in self.rng.sample([self.spoil_to_null, self.spoil_text_added, self.spoil_parameter_added, self.spoil_parameter_dropped,
                                      self.spoil_int_to_text, self.spoil_parameter_renamed, self.spoil_list_appended], 3):
            calls = spoil(calls, question) or calls
        return calls

    # Types

    def spoil_int_to_float(self, calls, question):
        return self.changed(calls, is_int, lambda value: float(value) if abs(value) < 10**300 else value, 0.5)

    def spoil_float_to_int(self, calls, question):
        return self.changed(calls, lambda value: type(value) is float and value == value and abs(value) != math.inf, int, 0.5)

    def spoil_int_to_text(self, calls, question):
        return self.changed(calls, is_number, lambda value: self.rng.choice([str(value), f" {value}", f"{value}.0"]))

    def spoil_int_to_bool(self, calls, question):
        return self.changed(calls, is_number, bool, 0.5)

    def spoil_bool_to_int(self, calls, question):
        return self.changed(calls, lambda value: type(value) is bool, self.rng.choice([int, float]), 0.5)

    def spoil_bool_to_text(self, calls, question):
        return self.changed(calls, lambda value: type(value) is bool, lambda value: self.rng.choice([str(value), str(value).lower(), "yes",
            "1"]))

    def spoil_bool_flipped(self, calls, question):
        return self.changed(calls, lambda value: type(value) is bool, lambda value: not value)

    def spoil_text_to_int(self, calls, question):
        return self.changed(calls, is_text, lambda value: int(value) if re.fullmatch("[0-9]{1,9}", value) else len(value))

    def spoil_text_to_bool(self, calls, question):
        return self.changed(calls, is_text, lambda value: self.chance(0.5))

    def spoil_to_null(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: None)

    def spoil_to_list(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: [value])

    def spoil_to_tuple(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: (value,))

    def spoil_to_object(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: {self.rng.choice(["value", "", "k"]): value})

    def spoil_to_empty_text(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: "")

    def spoil_to_empty_list(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: self.rng.choice([[], ()]))

    def spoil_to_empty_object(self, calls, question):
        return self.changed(calls, lambda value: True, lambda value: {})

    def spoil_to_json(self, calls, question):
        return self.changed(calls, lambda value: type(value) in (list, dict), lambda value: self.rng.choice([as_json, str])(value), 0.1)

    def spoil_to_other_value(self, calls, question):
        """An argument's value in another's place, of another call too."""
        found, other = self.place(calls), self.place(calls)
        if not found or not other:
            return None
        found[0][found[1]] = copy.deepcopy(other[0][other[1]])
        return calls

    # Numbers

    def spoil_number_near(self, calls, question):
        return self.changed(calls, is_number, lambda value: self.rng.choice(
            [value + 1, value - 1, -value, value * 10, value + 1e-9 if abs(value) < 1e300 else 0, math.nextafter(value,
                9e99) if abs(value) < 1e300 else 0]))

    def spoil_number_great(self, calls, question):
        return self.changed(calls, is_number, lambda value: self.rng.choice(
            [2**53 + 1, 2**53, float(2**53), 2**63, -(2**63), 2**64, 10**30, 1e30, 10**22, 1e22, 10**400, 1e308, math.inf, -math.inf]))

    def spoil_number_zero(self, calls, question):
        return self.changed(calls, is_number, lambda value: self.rng.choice([0, 0.0, -0.0, False, 5e-324]), 0.5)

    def spoil_number_not_one(self, calls, question):
        return self.changed(calls, is_number, lambda value: math.nan, 0.5)

    # Texts

    def text_changed(self, calls, change):
        return self.changed(calls, lambda value: is_text(value) and value, change, 0.4)

    def spoil_text_case(self, calls, question):
        return self.text_changed(calls, self.rng.choice([str.upper, str.lower, str.title, str.swapcase]))

    def spoil_text_ignored_signs(self, calls, question):
        def change(value):
            for _ in range(self.rng.randint(1, 3)):
                place = self.rng.randint(0, len(value))
                value = value[:place] + self.rng.choice(" ,./-_*^") + value[place:]
            return value
        return self.text_changed(calls, change)

    def spoil_text_other_signs(self, calls, question):
        return self.text_changed(calls, lambda value: self.inserted(value, "!?;:#@&()[]{}<>+=~`|\\$%"))

    def spoil_text_signs_removed(self, calls, question):
        return self.text_changed(calls, lambda value: re.sub("[ ,./_*^-]", "", value))

    def spoil_text_spaces(self, calls, question):
        return self.text_changed(calls, lambda value: self.inserted(value, ["\t", "\n", "\r", "\u00a0", "\u2003", "\u200b", "\u3000", "\ufeff",
            "\v", "\u2028"]))

    def spoil_text_signs_alike(self, calls, question):
        return self.text_changed(calls, lambda value: self.inserted(value, "‐–—−‧，．／＿＊·˙‚"))

    def spoil_text_quotes(self, calls, question):
        def change(value):
            if "'" in value or '"' in value:
                return value.translate({39: self.rng.choice(["\"", "’", "`"]), 34: "'"})
            return self.inserted(value, "'\"’“”`´")
        return self.text_changed(calls, change)

    def spoil_text_quoted(self, calls, question):
        return self.text_changed(calls, lambda value: (quote := self.rng.choice("'\"`")) + value + quote)

    def spoil_text_marks(self, calls, question):
        """Letters with marks, composed and in parts."""
        pairs = [("é", "e\u0301"), ("e", "é"), ("e", "e\u0301"), ("a", "à"), ("ã", "a\u0303"), ("É", "E\u0301"), ("À", "A\u0300"), ("o", "ö"),
            ("ü", "u\u0308")]
        def change(value):
            one, other = self.rng.choice([pair for pair in pairs if pair[0] in value or pair[1] in value] or pairs)
            return value.replace(other, one) if other in value and self.chance(0.5) else value.replace(one, other)
        return self.text_changed(calls, change)

    def spoil_text_unusual_case(self, calls, question):
        """Letters whose lower case is another's, longer, or depends on what follows."""
        pairs = [("k", "\u212a"), ("K", "\u212a"), ("å", "\u212b"), ("i", "İ"), ("i", "ı"), ("I", "İ"), ("s", "ſ"), ("ss", "ß"), ("ß", "ẞ"),
            ("ß", "ss"), ("Ω", "\u2126"), ("ς", "Σ"),
                 ("σ", "ς"), ("Σ", "σ"), ("Σ", "ς"), ("Σ", "Σ\u0301"), ("Σ", "Σ'"), ("Σ", "'Σ"), ("Σ", "Σ.Α"), ("dž", "ǅ"), ("ǆ", "Ǆ"), ("ა",
                     "Ა"), ("ꭰ", "Ꭰ"), ("𐐨", "𐐀"), ("n", "Ｎ")]
        def change(value):
            fit = [pair for pair in pairs if pair[0] in value or pair[1] in value]
            one, other = self.rng.choice(fit or pairs)
            if not fit:
                return self.inserted(value, ["Σ", "İ", "ß", "ς", "ΑΣ ", "ﬁ"])
            return value.replace(other, one) if other in value and (one not in value or self.chance(0.4)) else value.replace(one, other)
        return self.text_changed(calls, change)

    def spoil_text_wide(self, calls, question):
        return self.text_changed(calls, lambda value: "".join(
            chr(ord(character) + 0xFEE0) if character.isascii() and character.isalnum() and self.chance(
                0.6) else character for character in value))

    def spoil_text_ligature(self, calls, question):
        return self.text_changed(calls, lambda value: value.replace("fi", "ﬁ").replace("ff", "ﬀ").replace("1", "①") + self.rng.choice(["",
            "\u0301"]))

    def spoil_text_added(self, calls, question):
        return self.text_changed(calls, lambda value: self.rng.choice([value + " extra", "the " + value, value + "s", value * 2, value + "🙂"]))

    def spoil_text_cut(self, calls, question):
        return self.text_changed(calls, lambda value: value[: self.rng.randint(0, len(value) - 1)])

    def spoil_text_nothing_left(self, calls, question):
        return self.changed(calls, is_text, lambda value: self.rng.choice(["", " ", ".", " .,/-_*^", "\t", "''", "None", "null"]))

    def inserted(self, value, choices):
        place = self.rng.choice([0, len(value), self.rng.randint(0, len(value))])
        return value[:place] + self.rng.choice(choices) + value[place:]

    # Lists

    def list_changed(self, calls, change, least=1):
        return self.changed(calls, lambda value: type(value) is list and len(value) >= least, change, 0.2)

    def spoil_list_reversed(self, calls, question):
        return self.list_changed(calls, lambda value: value[::-1], 2)

    def spoil_list_shuffled(self, calls, question):
        return self.list_changed(calls, lambda value: self.rng.sample(value, len(value)), 2)

    def spoil_list_dropped(self, calls, question):
        return self.list_changed(calls, lambda value: [item for index, item in enumerate(value) if index != len(value) // 2])

    def spoil_list_doubled(self, calls, question):
        return self.list_changed(calls, lambda value: value + [value[-1]])

    def spoil_list_appended(self, calls, question):
        return self.list_changed(calls, lambda value: value + [self.rng.choice(["", "x", 1, None, 1.5, {}, [], True])], 0)

    def spoil_list_nested(self, calls, question):
        return self.list_changed(calls, lambda value: [[item] for item in value] if self.chance(0.5) else [value])

    def spoil_list_flattened(self, calls, question):
        return self.list_changed(calls, lambda value: sum((item if type(item) is list else [item] for item in value), []))

    def spoil_list_to_tuple(self, calls, question):
        return self.list_changed(calls, tuple, 0)

    def spoil_list_items_to_tuples(self, calls, question):
        return self.list_changed(calls, lambda value: [tuple(item) if type(item) is list else (item,) for item in value])

    def spoil_list_to_first(self, calls, question):
        return self.list_changed(calls, lambda value: value[0])

    def spoil_list_to_object(self, calls, question):
        return self.list_changed(calls, lambda value: {str(index): item for index, item in enumerate(value)})

    def spoil_list_items_to_text(self, calls, question):
        return self.list_changed(calls, lambda value: [str(item) for item in value])

    # Objects

    def object_changed(self, calls, change, least=1):
        return self.changed(calls, lambda value: type(value) is dict and len(value) >= least, change, 0.4)

    def spoil_object_key_dropped(self, calls, question):
        return self.object_changed(calls, lambda value: {key: value[key] for key in self.rng.sample(list(value), len(value) - 1)})

    def spoil_object_key_added(self, calls, question):
        return self.object_changed(calls, lambda value: {**value, self.rng.choice(["extra", "", "é"]): self.rng.choice(["", "x", 1])}, 0)

    def spoil_object_key_case(self, calls, question):
        return self.object_changed(calls, lambda value: {key.swapcase() if self.chance(0.5) else key: item for key, item in value.items()})

    def spoil_object_key_not_text(self, calls, question):
        return self.object_changed(calls, lambda value: {**value, self.rng.choice([1, None, True, 1.5, (1, "a")]): 1}, 0)

    def spoil_object_reordered(self, calls, question):
        return self.object_changed(calls, lambda value: dict(reversed(value.items())), 2)

    def spoil_object_values_in_lists(self, calls, question):
        return self.object_changed(calls, lambda value: {key: [item] for key, item in value.items()})

    def spoil_object_nested(self, calls, question):
        return self.object_changed(calls, lambda value: self.rng.choice([{"k": value}, [value], {key: {"j": item} for key,
            item in value.items()}]))

    def spoil_object_value(self, calls, question):
        def change(value):
            key = self.rng.choice(list(value))
            item = value[key]
            others = [None, "", [], {}, 1, True, "x", (item,), [item], str(item)]
            if is_text(item):
                others += [item.upper(), item + ".", item + "!", " " + item]
            if is_number(item):
                others += [float(item) if abs(item) < 1e300 else 0, item + 1, bool(item)]
            return {**value, key: self.rng.choice(others)}
        return self.object_changed(calls, change)

    def spoil_object_two_wrong(self, calls, question):
        return self.object_changed(calls, lambda value: {key: self.rng.choice([item, "wrong", None]) for key,
            item in list(value.items())[self.rng.randint(0, 1) :]})

    # Calls

    def spoil_call_doubled(self, calls, question):
        return calls + [copy.deepcopy(self.rng.choice(calls))] if calls else None

    def spoil_call_dropped(self, calls, question):
        return calls[1:] if self.chance(0.5) else calls[:-1]

    def spoil_calls_none(self, calls, question):
        return []

    def spoil_calls_shuffled(self, calls, question):
        return self.rng.sample(calls, len(calls)) if len(calls) > 1 else None

    def spoil_calls_one_for_all(self, calls, question):
        return [copy.deepcopy(calls[0]) for _ in calls] if len(calls) > 1 else None

    def spoil_calls_swapped(self, calls, question):
        if len(calls) < 2:
            return None
        one, other = self.rng.sample(calls, 2)
        first, second = next(iter(one)), next(iter(other))
        one[first], other[second] = other[second], one[first]
        return calls

    def spoil_call_of_another(self, calls, question):
        return calls + [{self.rng.choice(question.functions or [{"name": "f"}])["name"]: {}}]

    def spoil_call_foreign(self, calls, question):
        calls.insert(self.rng.randint(0, len(calls)), {"finish": {"answer": "done"}})
        return calls

    # What is no list of calls

    def spoil_shape_item(self, calls, question):
        calls = list(calls)
        calls.insert(self.rng.randint(0, len(calls)), self.rng.choice(["text", None, 1, [], {}, [{"f": {}}], ("a",), True]))
        return calls

    def spoil_shape_two_keys(self, calls, question):
        if not calls:
            return None
        calls[-1]["other"] = {}
        return calls

    def spoil_shape_arguments(self, calls, question):
        if not calls:
            return None
        call = self.rng.choice(calls)
        name = next(iter(call))
        call[name] = self.rng.choice([None, [], list(call[name].items()), "{}", as_json(call[name]), 1, (), {"arguments": call[name]}])
        return calls

    def spoil_shape_whole(self, calls, question):
        return self.rng.choice([{}, "", "text", 5, True, tuple(calls), [calls], [[]], [{}], [None], calls[0] if calls else {"f": {}}, [{}, {}],
            1.5])

    def spoil_shape_openai(self, calls, question):
        return [{"name": name, "arguments": arguments} for call in calls for name, arguments in call.items()] or None

    def spoil_shape_function(self, calls, question):
        return [{"function": call} for call in calls] or None

    # Source text of Java and JavaScript

    def source_changed(self, calls, change, test=lambda value: True):
        return self.changed(calls, lambda value: is_text(value) and test(value), change, 0)

    def spoil_source_character(self, calls, question):
        def change(value):
            for _ in range(self.rng.randint(1, 3)):
                place = self.rng.randint(0, len(value))
                value = self.rng.choice([value[:place] + value[place + 1 :], self.inserted(value, "(){}[]<>,;\"' \n\t+-eELlfFnN.:0_５\u00a0é"),
                    value[:place] + value[max(0, place - 2) :]])
            return value
        return self.source_changed(calls, change)

    def spoil_source_number(self, calls, question):
        forms = "5 -5 +5 05 5L 5l -5L 5.0 5.0f 5F 5f 5d 5e3 1e5 1E+5 1e5f 1.5e-3 5n -5n 5N 1_000 0x10 5. .5 --5 5\n ５ ５L ５.５ ٣n nan inf -Infinity NaN Infinity 5LL 5Lf 5.0L true True FALSE null".split(" ")
        return self.source_changed(calls, lambda value: self.rng.choice(forms + [" 5", "5 ", "5\n", "5L\n", "5n\n", "true ", value + "\n"]))

    def spoil_source_number_suffix(self, calls, question):
        return self.source_changed(calls, lambda value: self.rng.choice(["", "-", "+", " "]) + value.rstrip("LlfFn") + self.rng.choice(["", "L",
            "l", "f", "F", "n", ".0", "d", "e0"]),
                                   lambda value: re.match(r"-?\d", value))

    def spoil_source_quotes(self, calls, question):
        return self.source_changed(calls, lambda value: self.rng.choice(['"%s"', "'%s'", "`%s`", '"%s\'', '"%s', "%s'", '""%s""', '\\"%s\\"',
            "'", '"', "''"]).replace("%s", value))

    def spoil_source_inner_quotes(self, calls, question):
        return self.source_changed(calls, lambda value: value.translate({34: self.rng.choice(["'", "", "“"]), 39: self.rng.choice(['"', ""])}),
            lambda value: "'" in value or '"' in value)

    def spoil_source_spaces(self, calls, question):
        def change(value):
            spaces = self.rng.choice(["", "  ", "\n", "\t", "\u00a0", " \n "])
            return self.rng.choice([value.replace(" ", spaces), value.replace(",", spaces + "," + spaces), spaces + value + spaces,
                value.replace("(", "(" + spaces), value.replace("{", "{" + spaces)])
        return self.source_changed(calls, change)

    def spoil_source_around(self, calls, question):
        return self.source_changed(calls, lambda value: self.rng.choice(["List<String> x = %s;", "%s;", "(%s)", "%s // list", "%s.toArray()",
            "return %s", "%s + 1", "[%s]", "{%s}", "%s, %s"]).replace("%s", value))

    def spoil_source_commas(self, calls, question):
        return self.source_changed(calls, lambda value: self.rng.choice([value.replace(", ", ",, "), re.sub(r"([\]\)\}])", r",\1", value,
            count=1), value.replace(",", ";"), value.replace(", ", ","), value.replace(",", "")]), lambda value: "," in value)

    def spoil_source_java_list(self, calls, question):
        forms = ['new ArrayList<>(Arrays.asList("a", "b"))', "new ArrayList<Integer>(Arrays.asList(1, 2))", "new ArrayList<>(List.of(1, 2))",
            "Arrays.asList(1, 2)", "List.of(\"a\")", "new ArrayList<>()",
                 "new ArrayList<Map<String, Integer>>()", "new ArrayList<String>() {{ add(\"a\"); add(\"b\"); }}",
                     "new ArrayList<>() {{\n add(1);\n add(2);\n}}", "new ArrayList<>(){{add(f(1));}}", "new ArrayList<>() {{ }}",
                 "new  ArrayList<>(Arrays.asList('a','b'))", "new ArrayList<>(Arrays.asList(\"a,b\", \"c)\"))",
                     "new ArrayList<>(Arrays.asList())", "new ArrayList<Strïng>(Arrays.asList(1L, 2.5f, true, x, \"q\"))",
                 "new LinkedList<>(Arrays.asList(1))", "new ArrayList<>(Arrays.asList(\n1,\n2))", "new ArrayList<>(5)",
                     "new ArrayList <>(Arrays.asList(1))", "new ArrayList<>(Arrays.asList(1)); new ArrayList<>(Arrays.asList(2))", "[1, 2]"]
        return self.source_changed(calls, lambda value: self.rng.choice(forms),
            lambda value: "ArrayList" in value or "[" in value) or self.source_changed(calls, lambda value: self.rng.choice(forms))

    def spoil_source_java_array(self, calls, question):
        forms = ["new int[]{1, 2}", "new int[] { 1 , 2 }", "new int[2]", "{1, 2}", "new int[]{}", "new int[]{ , 1,, 2, }",
            "new String[]{\"a\", \"b\"}", "new String[]{a, b}", "new String[]{\"a, b\"}", "new String[]{\"}\"}", "new int[][]{{1}, {2}}",
                 "new long[]{1L, 2}", "new float[]{1f, 2.5F, 3}", "new Object[]{1, \"x\", true, null}", "new char[]{'a', 'b'}",
                     "new int[]{\n1,\n2}", "new\tint[]{1}", "new java.lang.String[]{\"a\"}", "int[] x = new int[]{1};",
                     "new int[]{1}, new int[]{2}"]
        return self.source_changed(calls, lambda value: self.rng.choice(forms), lambda value: "[]" in value) or self.source_changed(calls,
            lambda value: self.rng.choice(forms))

    def spoil_source_java_map(self, calls, question):
        items = ["5L", "3.0f", "1e5", "'c'", '"a"', "true", "null", "x", "+5", "1_000", "nan", "-inf", " 5", "5 ", "５", '""', '"',
            "new int[]{1}", "f(1)", '"a)"', "0x1", "1.", "-5", "--5", "True", "1e400", "123456789012345678901234567890"]
        def change(value):
            key = re.findall(r'put\("(.*?)"', value)
            key = self.rng.choice(key or ["k", "limit"])
            put = f'put("{key}", {self.rng.choice(items)});'
            return self.rng.choice(["new HashMap<>() {{ %s }}", "new HashMap<String, Object>() {{%s}}",
                "new HashMap<String, Object>() { { %s } }", "new HashMap<>(){{\n  %s\n}}", "new HashMap<>() { %s }", "new HashMap<>()",
                "new HashMap<>(5)",
                                    "new HashMap<String, List<String>>() {{ %s }}", "Map.of(%s)", "new HashMap() {{ %s }}",
                                        "new HashMap<>() {{ %s %s }}", "new HashMap <>() {{ %s }}", "new HashMap<> () {{ %s }}",
                                        "new TreeMap<>() {{ %s }}"]).replace("%s", put)
        return self.source_changed(calls, change, lambda value: "HashMap" in value) or self.source_changed(calls, change)

    def spoil_source_js_array(self, calls, question):
        forms = ["[1, 2]", "[1,2,]", "[]", "[ ]", "[,]", "['a', \"b\"]", "['a, b']", "[']']", "[[1, 2], [3]]", "[ [1,2] , ['a'] ]", "[[]]",
            "[[1], 2]", "[1, [2]]", "[[[1]]]", "new Array(1, 2)", "new Array()", "new Array([1], [2])", "new  Array('a')", "newArray(1)",
            "Array.of(1)",
                 "[1n, 2]", "[1.5, 2e3, true, null, undefined, x]", "[\n1,\n2\n]", "[1, 2].map(f)", "x = [1]", " [1] ", "[`a`]", "[\"a\", 'b\"]",
                     "[{a: 1}]", "[-0, +5, .5, 1_0]", "[[1, 2], [3, 4]", "[１]", "new Array(3).fill(0)"]
        return self.source_changed(calls, lambda value: self.rng.choice(forms),
            lambda value: "[" in value or "Array" in value) or self.source_changed(calls, lambda value: self.rng.choice(forms))

    def spoil_source_js_object(self, calls, question):
        items = ["1", "'a'", '"b"', "true", "[1, 2]", "{}", "{j: 1}", "[{a: 1}]", "'a: b'", "'a, b: c'", "'5'", "5n", "x", "null", "''",
            "f(a, b)", "`t`", "1e3", "-0", "['a', 'b']", "{'j': 'k'}", "nan"]
        def change(value):
            keys = re.findall(r"['\"]?(\w+)['\"]?:", value) or ["k", "key", "options"]
            members = [
                f"{self.rng.choice(['', chr(39), chr(34), ' '])}{key}{self.rng.choice(['', chr(39), chr(34), ' '])}:{self.rng.choice(['', ' '])}{self.rng.choice(items)}" for key in keys[: self.rng.randint(1, 3)]]
            return self.rng.choice(["{%s}", "{ %s }", "{%s,}", "{%s, ...rest}", "{%s};", "({%s})", "{\n%s\n}", "{%s", "{...a, %s}", "{a, %s}",
                " {%s} ", "new Map([%s])"]).replace("%s", self.rng.choice([", ", ",", ",\n"]).join(members))
        return self.source_changed(calls, change, lambda value: "{" in value) or self.source_changed(calls, change)

    def spoil_source_not_text(self, calls, question):
        return self.changed(calls, is_text, lambda value: self.rng.choice([5, 5.0, True, None, [value], {"k": value}, (value,), []]), 0)


# Text


class Writer:
    """Calls as text, in the many ways that models write them and some that they do not."""

    def __init__(self, rng):
        self.rng = rng
        self.styles = [name for name in dir(self) if name.startswith("style_")]

    def chance(self, share):
        return self.rng.random() < share

    # Python

    def text(self, value):
        pick = self.rng.choice
        quote = pick("'\"")
        escaped = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
        for character, code in (("\n", "\\n"), ("\r", "\\r"), ("\t", pick(["\\t", "\t"]))):
            escaped = escaped.replace(character, code)
        style = self.rng.random()
        if style < 0.72:
            return quote + escaped + quote
        if style < 0.78:
            return repr(value)
        if style < 0.82 and not re.search(r"[\\'\"\r\n]", value):
            return pick("rRuU") + quote + value + quote
        if style < 0.86:
            coded = "".join(
                character if self.chance(0.6) and character not in "\\'\"\n\r" else pick([f"\\u{ord(character):04x}",
                    f"\\U{ord(character):08x}"]) if ord(character) < 0x10000
                else f"\\U{ord(character):08X}" for character in value)
            return quote + coded + quote
        if style < 0.9:
            half = len(value) // 2
            return repr(value[:half]) + pick([" ", "", "  "]) + repr(value[half:])
        if style < 0.94 and not re.search(r"[\\'\"\r]", value):
            return quote * 3 + value + quote * 3
        if style < 0.96:
            return quote + escaped + pick(["", "\\q", "\\101", "\\x41", "\\N{DIGIT ONE}", "\\\n"]) + quote
        return quote + escaped + quote

    def number(self, value):
        pick = self.rng.choice
        if value != value:
            return pick(["float('nan')", "nan", "NaN", "math.nan"])
        if type(value) is float and abs(value) == math.inf:
            return "-" * (value < 0) + pick(["1e400", "1e999", "inf", "9e400"])
        style = self.rng.random()
        if style < 0.8:
            return repr(value)
        sign, size = "-" * (math.copysign(1, value) < 0 if type(value) is float else value < 0), abs(value)
        if is_int(value):
            forms = [f"{sign}{size:#x}", f"{sign}{size:_}", f"{sign}0b{size:b}", f"{value - 1} + 1" if value > 0 else repr(value), f"{value}*1",
                f"({value})", f"+{size}", f"- {size}", f"--{size}", f"~{size}", f"not {size}", f"{value}.0", f"0{size}", f"{value} // 1"]
            return pick(forms) if size < 10**40 else repr(value)
        return pick([f"{value:e}", f"{value} + 0", f"({value!r})", f"+{size!r}", f"{value!r} * 1.0",
            f"{sign}{size!r}e0" if "e" not in repr(value) else repr(value)])

    def python(self, value):
        pick = self.rng.choice
        if is_text(value):
            return self.text(value)
        if type(value) is bool:
            return str(value) if self.chance(0.9) else pick([str(value).lower(), f"not {not value}", str(value).upper()])
        if value is None:
            return pick(["None"] * 8 + ["null", "none"])
        if is_number(value):
            return self.number(value)
        comma, end = pick([", ", ", ", ",", " , ", ",\n  "]), "," if self.chance(0.06) else ""
        if type(value) is tuple:
            inner = comma.join(map(self.python, value))
            return f"({inner}{',' if len(value) == 1 or (value and end) else ''})"
        if type(value) is list:
            return "[" + comma.join(map(self.python, value)) + (end if value else "") + "]"
        members = [f"{self.python(key)}{pick([': ', ':', ' : '])}{self.python(item)}" for key, item in value.items()]
        if self.chance(0.04) and all(is_text(key) and key.isidentifier() for key in value) and value:
            return "dict(" + ", ".join(f"{key}={self.python(item)}" for key, item in value.items()) + ")"
        return "{" + comma.join(members) + (end if value else "") + "}"

    def keywords(self, arguments):
        return [f"{key}{self.rng.choice(['=', '=', '=', ' = '])}{self.python(value)}" for key, value in arguments.items()]

    def call(self, name, arguments):
        comma = self.rng.choice([", ", ", ", ", ", ",", ",\n    ", " , "])
        return f"{name}({comma.join(self.keywords(arguments))}{',' if arguments and self.chance(0.04) else ''})"

    def calls(self, calls):
        return [self.call(name, arguments) for call in calls for name, arguments in call.items()]

    def list(self, calls):
        return "[" + self.rng.choice([", ", ", ", ",", ",\n"]).join(self.calls(calls)) + "]"

    def with_argument(self, calls, change):
        """One of the arguments written another way: `change` makes a keyword's text of its name and the value's text."""
        places = [(index, key) for index, call in enumerate(calls) for key in next(iter(call.values()))]
        if not places:
            return None
        chosen = self.rng.choice(places)
        texts = []
        for index, call in enumerate(calls):
            (name, arguments), = call.items()
            words = [change(key, self.python(value)) if (index, key) == chosen else f"{key}={self.python(value)}" for key,
                value in arguments.items()]
            texts.append(f"{name}({', '.join(words)})")
        return "[" + ", ".join(texts) + "]"

    def style_list(self, calls):
        return self.list(calls)

    def style_lines(self, calls):
        return self.rng.choice(["\n", ", ", ",\n", " ", "; ", " and "]).join(self.calls(calls))

    def style_no_brackets(self, calls):
        return ", ".join(self.calls(calls))

    def style_first_bracket_missing(self, calls):
        return self.list(calls)[1:]

    def style_last_bracket_missing(self, calls):
        return self.list(calls)[:-1]

    def style_last_parenthesis_missing(self, calls):
        return self.list(calls)[:-2] + self.rng.choice(["]", "", "}]"])

    def style_brackets_doubled(self, calls):
        return "[" + self.list(calls) + self.rng.choice(["]", "", "]]"])

    def style_fence(self, calls):
        return self.rng.choice(["```python\n%s\n```", "```\n%s\n```", "`%s`", "```%s```", "```tool_code\n%s\n```", "``\n%s``", "```json\n%s```",
            "\n\n%s\n"]).replace("%s", self.list(calls))

    def style_prose(self, calls):
        return self.rng.choice(["I will call %s", "%s\nThis gets it.", "Sure! %s", "<think>x</think>%s", "%s # done", "Answer: %s", "%s.",
            "<tool_call>%s</tool_call>", "# call\n%s", "[TOOL_CALLS] %s"]).replace("%s", self.list(calls))

    def style_comment(self, calls):
        return self.list(calls).replace("(", self.rng.choice(["( # first\n", "(\n", "(\t", "(\\\n", "(# x\n\n"]), 1)

    def style_spaces(self, calls):
        space = self.rng.choice([" ", "\t", "\n", "\u00a0", "\ufeff", "\f", "\r\n", "\u200b", "\v"])
        return self.rng.choice(["%s[", "[%s", "[%s"]).replace("%s", space) + self.list(calls)[1:-1] + self.rng.choice(["]%s", "%s]",
            "]"]).replace("%s", space)

    def style_wrapping_quotes(self, calls):
        return self.rng.choice(["'%s'", '"%s"', "''%s''", "['%s']", "'%s", "[\"%s\"]"]).replace("%s", self.list(calls))

    def style_tuple(self, calls):
        return self.rng.choice(["(%s)", "{%s}", "(%s,)", "[(%s)]", "[*(%s,)]", "[{%s}]"]).replace("%s", self.list(calls)[1:-1])

    def style_trailing(self, calls):
        return self.list(calls)[:-1] + self.rng.choice([",]", ", ]", ",,]", ";]", "];", "]\n\n", "]]", "]`", "])", "], None]"])

    def style_smart_quotes(self, calls):
        return self.list(calls).replace("'", "’").replace('"', "”")

    def style_other_item(self, calls):
        return self.list(calls)[:-1] + self.rng.choice([", f]", ", 1]", ", 'x']", ", None]", ", f.g]", ", [f()]]", ", lambda: 1]", ", f()()]",
            ", f()[0]]", ", x := f()]", ", -f()]", ", await f()]", ", *f()]"])

    def style_positional(self, calls):
        return self.with_argument(calls, lambda key, value: value)

    def style_positional_all(self, calls):
        return "[" + ", ".join(f"{name}({', '.join(map(self.python, arguments.values()))})" for call in calls for name,
            arguments in call.items()) + "]"

    def style_positional_first(self, calls):
        return self.list(calls).replace("(", self.rng.choice(["(1, ", "(x, 'y', ", "(*a, ", "(f(a=1), ", "(lambda: 0, "]), 1)

    def style_star_keywords(self, calls):
        return self.list(calls).replace("(", self.rng.choice(["(**{'a': 1}, ", "(**x, ", "(**{}, ", "(**f(), "]), 1)

    def style_keyword_twice(self, calls):
        return self.with_argument(calls, lambda key, value: f"{key}={value}, {key}={self.rng.choice([value, '1', 'None'])}")

    def style_keyword_reserved(self, calls):
        return self.with_argument(calls, lambda key,
            value: f"{self.rng.choice(['from', 'class', 'None', 'a.b', 'a-b', '1a', repr(key), 'print', 'match'])}={value}")

    def style_keyword_colon(self, calls):
        return self.with_argument(calls, lambda key, value: f"{key}: {value}")

    def style_keyword_wide(self, calls):
        return self.with_argument(calls, lambda key, value: str(key).replace("fi", "ﬁ").replace("a", "ａ").replace("e", "ｅ") + f"={value}")

    def style_name_quoted(self, calls):
        return self.list(calls).replace("(", "'(", 1).replace("[", "['", 1)

    def style_name_odd(self, calls):
        return self.rng.choice(["[a()." + "%s]", "[(%s)]", "[x[0].%s]", "['s'.%s]", "[(a).%s]", "[a. %s]", "[ａ.%s]", "[await %s]", "[print(%s)]",
            "[x=%s]", "[f(%s)]"]).replace("%s", self.list(calls)[1:-1])

    def style_json(self, calls):
        named = [{"name": name, "arguments": arguments} for call in calls for name, arguments in call.items()]
        return self.rng.choice([self.json(calls), self.json(named), str(calls)])

    def style_nothing(self, calls):
        return self.rng.choice(["", " ", "[]", "[ ]", "()", "{}", "None", "[None]", "5", "'text'", "[[]]", "f", "[f]", "[...]", "`", "```\n```",
            "No function fits.", "[]]", "[", "]", "'", "''", "[,]", "\\", "#", "[]\n[]", "f(", "[f(]", "f)", "a b", "[()]", "\"\"\"", "[f()",
            "f()]", "\0"])

    def style_cut(self, calls):
        text = self.list(calls)
        return text[: self.rng.randint(0, len(text))]

    def style_characters(self, calls):
        text = self.list(calls)
        for _ in range(self.rng.randint(1, 3)):
            start = self.rng.randint(0, len(text))
            inserted = self.rng.choice(list("()[]{},:='\"\\ \n\t#.*+-/0123456789abé\r\u00a0") + ["None", "``", "'''", "\\\n"])
            text = self.rng.choice([text[:start] + text[start + 1 :], text[:start] + inserted + text[start:],
                text[:start] + text[start : start + 2] + text[start:]])
        return text

    VALUES = {
        "arithmetic": ["1 + 2", "2*3.5", "7 // 2", "7 / 2", "2**10", "-3 + 1", "10 % 3", "'a' * 3", "'a' + 'b'", "'%s-%d' % ('x', 5)",
            "(1 + 2) * 3", "1 << 4", "5 & 3", "[1] + [2]", "[0] * 3", "(1,) + (2,)", "1/0", "1 + 'a'", "1.5 + 1", "True + 1", "60 * 60 * 24",
            "3.0 * 2",
                       "0.1 + 0.2", "2**-1", "-2**2", "1e308 * 10", "7 // -2", "-7 % 3", "7 @ 2", "5 ^ 1", "'%s' % 1.5", "x + 1",
                           "1000000 * 1000000", "2**64", "'a' 'b' + 'c'"],
        "unary": ["+5", "-5", "~5", "not True", "not 0", "--5", "-x", "-'a'", "+True", "- 5.5", "-(5)", "-(1 + 2)", "-None", "-[1]", "~True",
            "+1.5", "-0", "-0.0", "not 'a'"],
        "call": ["g()", "g(1, 2)", "g(a=1)", "g(1, a=2)", "g(x)(y)", "datetime(2024, 1, 1)", "math.pi()", "g(a=h(b=1))", "g('a', \"b\")",
            "g(*a)", "dict(a=1)", "list((1, 2))", "g( 1 ,2 )", "a.b.c(x=1)", "g(**k)", "str(5)", "'a'.upper()"],
        "subscript": ["x[0]", "x['a']", "x[1:2]", "x[::2]", "f(1)[0]", "x[0][1]", "x[-1]", "x[a, b]", "[1, 2][0]", "{'a': 1}['a']", "x[...]"],
        "name": ["x", "true", "false", "null", "NaN", "Infinity", "undefined", "é", "ﬁ", "ａ", "True_", "_", "self", "New"],
        "attribute": ["x.y", "math.pi", "Color.RED", "x.y.z", "f().y", "'a'.b"],
        "constant": ["...", "b'a'", "1j", "2.5J", "None", "0x1F", "0o17", "1_000", "007", "00", "1__0", "5.", ".5", "1e400", "1E-3",
            "0xFFFFFFFFFFFFFFFF", "9007199254740993", "1e22", "'\\ud83d'[0]", "True", "...", "12345678901234567890123", "0b12", "1_0.0_1", "5if",
            "1e5_0"],
        "other": ["lambda: 1", "[i for i in x]", "{1, 2}", "{i: 1 for i in x}", "a if b else c", "1 if True else 2", "a and b", "1 < 2",
            "x == 1", "not x", "*x", "(yield)", "await x", "x := 1", "(x := 1)", "(i for i in x)", "{**a}", "[*a]", "{'a': 1, **b}", "print",
            "@x", "{[1]: 2}", "{{}: 1}", "{(1, 2): 3}", "{1: 2, 1.0: 3, True: 4}", "{'a': 1, 'a': 2}", "{x: 1}", "{None: 1}", "{-1: 'a'}", "()",
            "(1)", "(1,)", "((1))", "1,", "[1, 2", "'a", "'a''", "{'a' 1}"],
    }

    def style_value(self, calls):
        return self.with_argument(calls, lambda key, value: f"{key}={self.rng.choice(self.VALUES[self.kind])}")

    def style_value_in_list(self, calls):
        return self.with_argument(calls, lambda key, value: f"{key}=[{value}, {self.rng.choice(self.VALUES[self.kind])}]")

    def prompt(self, calls):
        style = self.rng.choice(self.styles) if self.chance(0.55) else "style_list"
        self.kind = self.rng.choice(list(self.VALUES))
        text = getattr(self, style)(calls)
        return (text, style[6:] + (" " + self.kind if "value" in style else "")) if text is not None else (self.list(calls), "list")

    # JSON

    def json(self, value, pretty=False):
        """JSON as Python's `json` reads it: NaN and Infinity too."""
        pick = self.rng.choice
        if is_text(value):
            return json.dumps(value, ensure_ascii=self.chance(0.5))
        if type(value) is bool or value is None:
            return json.dumps(value)
        if type(value) is float and value == value and abs(value) != math.inf and self.chance(0.1) and "e" not in repr(value):
            return repr(value) + pick(["e0", "E+0", "0", "000"])
        if type(value) is float and abs(value) == math.inf:
            return "-" * (value < 0) + pick(["Infinity", "1e400", "1E999"])
        if is_number(value):
            return "NaN" if value != value else repr(value)
        comma, colon = pick([(", ", ": "), (",", ":"), (" , ", " : "), (",\n ", ": ")])
        if type(value) in (list, tuple):
            return "[" + comma.join(map(self.json, value)) + "]"
        if type(value) is dict:
            return "{" + comma.join(json.dumps(key if is_text(key) else str(key),
                ensure_ascii=self.chance(0.5)) + colon + self.json(item) for key, item in value.items()) + "}"
        return json.dumps(str(value))

    def named(self, calls, second="arguments"):
        """Each call as an object; now and then one that is no call."""
        objects = []
        for call in calls:
            for name, arguments in call.items():
                members = [("name", name), (second, arguments)]
                odd = self.rng.randint(0, 60)
                if odd < 3:
                    members = members[::-1]
                elif odd == 3:
                    members.append(("id", 1))
                elif odd == 4:
                    del members[self.rng.randint(0, 1)]
                elif odd == 5:
                    members[1] = (self.rng.choice(["parameters", "arguments", "args", "Arguments"]), arguments)
                elif odd == 6:
                    members[1] = (second, self.rng.choice([self.json(arguments), None, [], 5, "x"]))
                elif odd == 7:
                    members[0] = ("name", self.rng.choice([None, 5, [], {}, True, 1.5]))
                text = self.json(dict(members))
                if self.chance(0.02):
                    text = text[:-1] + self.rng.choice([', "name": "other"}', f', "{second}": {{}}}}', ', "name": ' + self.json(name) + "}"])
                objects.append(text)
        return objects

    def spoilt(self, text):
        if self.chance(0.85):
            return text
        place = self.rng.randint(0, len(text))
        return self.rng.choice([text[:-1], text + "}", text.replace('"', "'"), text[:place] + text[place + 1 :], text.replace("}", ",}", 1),
            text + "\n\n", "\ufeff" + text, text.replace("true", "True"), text.replace(", ", "; ", 1), text.replace("]", ",]", 1),
            "// x\n" + text, text[:place] + "\n" + text[place:], text.replace(":", "=", 1)])

    def json_list(self, calls, second="arguments"):
        return "[" + self.rng.choice([", ", ",", ",\n"]).join(self.named(calls, second)) + "]"

    def hermes(self, calls):
        blocks = [self.rng.choice(["<tool_call>\n%s\n</tool_call>"] * 12 + ["<tool_call>%s</tool_call>", "<tool_call>\n%s</tool_call>",
            "<tool_call>\r\n%s\r\n</tool_call>", "<tool_call>\n\n%s\n\n</tool_call>", "<tool_call>\n<tool_call>\n%s\n</tool_call>",
            "<tool_call>\n%s\n"]).replace("%s", self.spoilt(text))
                  for text in self.named(calls)]
        if self.chance(0.08):
            blocks.insert(self.rng.randint(0, len(blocks)), "<tool_call>\n" + self.rng.choice(["{}", "[]", "null", "5", "not json", "", '"text"',
                '{"name": "f"}', self.json_list(calls), "NaN", '{"name": "f", "arguments": {}}']) + "\n</tool_call>")
        return self.rng.choice(["%s"] * 6 + ["<think>\nx\n</think>\n\n%s", "Sure.\n%s\nDone.", "%s<|im_end|>"]).replace("%s",
            self.rng.choice(["\n", "\n", "", "\n\n"]).join(blocks))

    def tool_n1(self, calls):
        body = self.spoilt(self.json_list(calls)) if self.chance(0.85) else self.rng.choice([", ".join(self.named(calls)), "{}", "[]", "null",
            '""', '"text"', "5", "", "true", "[[]]", "[null]"])
        return self.rng.choice(["<think>x</think><tool_call>%s</tool_call>"] * 6 + ["<tool_call>%s</tool_call>",
            "<think>x</think>\n<tool_call>\n%s\n</tool_call>", "<tool_call> %s </tool_call><tool_call>[]</tool_call>",
            "<tool_call>[]</tool_call><tool_call>%s</tool_call>",
                                "%s", "<tool_call>%s", "<tool_call>\u00a0%s\u2003</tool_call>", "<tool_call>```json\n%s\n```</tool_call>",
                                    "<think><tool_call>[]</tool_call></think><tool_call>%s</tool_call>",
                                    "<TOOL_CALL>%s</TOOL_CALL>"]).replace("%s", body)

    def xlam(self, calls):
        chance = self.rng.random()
        if chance < 0.7:
            return self.spoilt(self.json_list(calls))
        objects = self.named(calls)
        if chance < 0.85:
            return self.rng.choice(["; ", ";", " ;\n", ", ", "\n"]).join(map(self.spoilt, objects)) + self.rng.choice(["", "", "", ";"])
        return self.rng.choice(["", "[]", "{}", "null", "5", "text", "text; more", "[[]]", "[null]", ";", '"a"', "NaN", "[]; []",
            "```json\n" + self.json_list(calls) + "\n```", objects[0] if objects else "{}", " " + self.json_list(calls) + " "])

    def hammer(self, calls):
        body = self.spoilt(self.json_list(calls))
        return self.rng.choice([body] * 8 + [f"```{body}```", f"```\n{body}\n```", f"```json\n{body}\n```", "", "[]", "{}", "null", "5", '""',
            '"text"', "text", "[null]", "[[]]", "true", ", ".join(self.named(calls)), body.replace("[", "[```", 1)])

    def llama(self, calls):
        chance = self.rng.random()
        start = self.rng.choice(["", "", "<|python_tag|>", "<|python_tag|> ", " "])
        if chance < 0.45:
            return start + self.rng.choice(["; ", ";", " ; "]).join(map(self.spoilt, self.named(calls, "parameters"))) + self.rng.choice(["", "",
                "", ";", "; "])
        if chance < 0.65:
            return start + self.spoilt(self.json_list(calls, "parameters"))
        if chance < 0.85:
            return start + self.python([{"name": name, "parameters": arguments} for call in calls for name, arguments in call.items()])
        objects = self.named(calls, "parameters")
        return start + self.rng.choice(["", "[]", "{}", "5", "text", "'text'", "()", "''", "[5]", ";", ",".join(objects),
            objects[0] if objects else "[]", "(" + ", ".join(objects) + ")"])

    def fc(self, calls):
        result = [{name: self.spoilt(self.json(arguments))} for call in calls for name, arguments in call.items() if is_text(name)]
        if self.chance(0.1):
            return self.rng.choice(["", "text", [], {}, 5, [{}], [None], ["x"], [[]], result + [{}], [{"f": {}}], [{"f": "5"}],
                [{"f": "[]"}], [{"f": "null"}], [{"f": '"x"'}], [{**call, "more": "{}"} for call in result], {"f": "{}"}, [{"f": None}],
                [{"f": ""}]])
        return result

    def listed(self, calls):
        if self.chance(0.15):
            return self.rng.choice(["", "text", {}, 5, [{}], [None], "[]", [[]], [5], {"f": {}}, True])
        return [{name: json.loads(as_json(arguments))} for call in calls for name, arguments in call.items() if is_text(name)]


# Exact values


class Exact:
    """Questions whose answers are what the package itself makes of a text: only a decoder or a converter that makes the same is right."""

    def __init__(self, official, rng):
        self.official, self.rng = official, rng
        self.maker, self.predictor, self.writer = Maker(rng), Predictor(rng), Writer(rng)
        self.number = 20_000

    def question(self, category, parameters, answers):
        self.number += 1
        function = {"name": "f", "description": "f", "parameters": {"type": "dict", "properties": parameters, "required": []}}
        return Question(category, f"{category}_{self.number}", [function], [{"f": answers}])

    def answer(self, value):
        """The value as the one alternative, sometimes another."""
        try:
            if json.loads(json.dumps(value, allow_nan=False)) is None and value is not None:
                raise ValueError
        except (ValueError, TypeError):
            return ["another"]
        if self.rng.random() < 0.06:
            others = {str: "another", int: 5, float: 0.25, bool: None, list: [1, "another"], dict: {"another": [1]}}
            return [others.get(type(value), "another")]
        return [{key: [item] for key, item in value.items()} if type(value) is dict else value]

    def source(self, category):
        language = Question(category, "", [{"name": ""}], []).language
        spoilers = [name for name in self.predictor.spoilers[language] if name.startswith("spoil_source_") and name != "spoil_source_not_text"]
        parameters, answers, arguments = {}, {}, {}
        for key in "abcdef"[: self.rng.randint(1, 6)]:
            kind = self.rng.choice(KINDS[language])
            element = self.rng.choice(ELEMENTS[language]) if kind in ("array", "Array", "ArrayList") else None
            text = (self.predictor.java if language == "java" else self.predictor.script)(self.predictor.plain(self.maker.value(kind, element)),
                kind, element)
            for _ in range(self.rng.choice([0, 1, 1, 1, 2])):
                spoilt = getattr(self.predictor, self.rng.choice(spoilers))([{"f": {key: text}}], None)
                text = spoilt[0]["f"][key] if spoilt else text
            try:
                value = self.official.converters[language](text, kind, *[element] * bool(element))
            except Exception:
                continue
            parameters[key] = {"type": kind, "description": key, **({"items": {"type": element}} if element else {})}
            answers[key], arguments[key] = self.answer(value), text
        return self.question(category, parameters, answers), Prediction("exact", "dots", decoded=[{"f": arguments}])

    def text(self, category):
        decoder = self.rng.choice(["prompt", "prompt", "prompt", "xlam", "hermes", "llama"])
        around = {
            "prompt": lambda texts: "[f(" + ", ".join(f"{key}={text}" for key, text in texts.items()) + ")]",
            "xlam": lambda texts: '[{"name": "f", "arguments": {' + ", ".join(f'"{key}": {text}' for key, text in texts.items()) + "}}]",
            "hermes": lambda texts: '<tool_call>\n{"name": "f", "arguments": {' + ", ".join(f'"{key}": {text}' for key,
                text in texts.items()) + "}}\n</tool_call>",
            "llama": lambda texts: '{"name": "f", "parameters": {' + ", ".join(f'"{key}": {text}' for key, text in texts.items()) + "}}",
        }[decoder]
        parameters, answers, texts = {}, {}, {}
        for key in "abcdef"[: self.rng.randint(1, 6)]:
            kind = self.rng.choice(list(self.writer.VALUES) + ["written"] * 4)
            value = self.predictor.plain(self.maker.value(self.rng.choice(["string", "string", "integer", "float", "boolean", "array", "dict"])))
            if kind == "written" or decoder != "prompt":
                kind, text = "written", self.writer.python(value) if decoder in ("prompt", "llama") else self.writer.json(value)
            else:
                text = self.rng.choice(self.writer.VALUES[kind])
            text = self.rng.choice(['{"k": [%s]}'] * 5 + ['{"k": [%s, 0]}', '{"k": [[%s]]}']).replace("%s", text)
            try:
                (call,) = self.official.decoders[decoder](around({key: text}))
                value = call["f"][key]
            except LeftOut:
                continue
            except Exception:
                if self.rng.random() < 0.8:
                    continue
                value = None
            parameters[key] = {"type": "dict", "description": key}
            answers[key], texts[key] = self.answer(value), text
        label = f"exact / {decoder} values"
        return self.question(category, parameters, answers), Prediction(label, "dots", decoder, around(texts))

    def pairs(self, categories, each):
        for category in categories:
            make = self.text if Question(category, "", [{"name": ""}], []).language == "python" else self.source
            for _ in range(each):
                yield make(category)


# Rows


def spelt(value):
    """A decoded value in JSON: tuples and keys that are no text are marked."""
    if type(value) is tuple:
        return {"__tuple__": [spelt(item) for item in value]}
    if type(value) is list:
        return [spelt(item) for item in value]
    if type(value) is dict:
        return {key if is_text(key) else f"__key__:{key!r}": spelt(item) for key, item in value.items()}
    return value


def dumps(row):
    """A row; numbers beyond all bounds as JSON has them."""
    text = json.dumps(row, ensure_ascii=False)
    if type(row.get("raw")) is str:
        return text  # where a text says Infinity, that is what it says
    return re.sub(r"(?<=[\[:, ])(-?)Infinity(?=[\],}])", r"\g<1>1e999", text) if "Infinity" in text else text


def holds(value, test):
    if type(value) is dict:
        return any(holds(key, test) or holds(item, test) for key, item in value.items())
    if type(value) in (list, tuple):
        return any(holds(item, test) for item in value)
    return test(value)


def is_well_formed(calls):
    return type(calls) is list and all(type(call) is dict and len(call) == 1 and type(next(iter(call.values()))) is dict for call in calls)


def predictions(questions, rng, count):
    predictor, writer = Predictor(rng), Writer(rng)
    others = {"hermes": writer.hermes, "tool-n1": writer.tool_n1, "xlam": writer.xlam, "hammer": writer.hammer, "llama": writer.llama,
        "fc": writer.fc, "list": writer.listed}
    by_category = defaultdict(list)
    for question in questions:
        by_category[question.category].append(question)
    rich = [question for question in questions if any(type(value) in (list,
        dict) for call in question.truth for answer in call.values() for values in answer.values() for value in values)]
    # Where little is told of what is wrong, less is asked.
    categories = [category for category in by_category for _ in range(1 if "relevance" in category or "parallel" in category else 3)]
    bag = {}
    made = 0
    while made < count:
        question = rng.choice(rich) if rng.random() < 0.25 else rng.choice(by_category[rng.choice(categories)])
        model = "underscores" if rng.random() < 0.3 else "dots"
        # Each spoiling comes equally often.
        if not bag.get(question.language):
            bag[question.language] = rng.sample(predictor.spoilers[question.language], len(predictor.spoilers[question.language]))
        name = "spoil_nothing" if rng.random() < 0.08 else bag[question.language].pop()
        calls = getattr(predictor, name)(predictor.right(question, model), question)
        if calls is None:
            continue
        label = name[6:]
        if question.language == "python" and is_well_formed(calls) and rng.random() < 0.62:
            decoder = "prompt" if rng.random() < 0.6 else rng.choice(list(others))
            if decoder == "prompt":
                raw, style = writer.prompt(calls)
                prediction = Prediction(f"{label} / prompt {style}", model, decoder, raw)
            else:
                prediction = Prediction(f"{label} / {decoder}", model, decoder, others[decoder](calls))
            if holds(prediction.raw,
                lambda value: type(value) is float and value != value or is_text(value) and any(0xD800 <= ord(c) < 0xE000 for c in value)):
                continue
        elif holds(calls, lambda value: type(value) is float and value != value):
            continue
        else:
            prediction = Prediction(label, model, decoded=calls)
        made += 1
        yield question, prediction


def row_of(question, prediction, rng):
    row = {"id": question.id, "category": question.category, "model": prediction.model}
    if prediction.decoder:
        row["raw"], row["decoder"] = prediction.raw, prediction.decoder
    else:
        row["decoded"] = spelt(prediction.decoded)
    if prediction.model == "underscores" or rng.random() < 0.5:
        row["underscore_to_dot"] = prediction.model == "underscores"
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bfcl", required=True)
    parser.add_argument("--command", default=".build/release/toolreward")
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python-only", action="store_true")
    parser.add_argument("--no-synthetic", action="store_true")
    parser.add_argument("--keep", help="a folder in which the rows, the verdicts expected and the data stay")
    parser.add_argument("--ratio", type=float, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    official = Official(options.bfcl)
    questions = read_questions(official.data, official.version)
    made = []
    if not options.no_synthetic:
        maker = Maker(rng)
        for category in dict.fromkeys(question.category for question in questions if question.truth):
            if not category.startswith("live"):
                made += [maker.question(category, 9000 + number) for number in range(250 if category.startswith(("simple", "java")) else 80)]
    exact = []
    if not options.no_synthetic:
        simple = [category for category in dict.fromkeys(question.category for question in made) if category.startswith(("simple", "java"))]
        with redirect_stdout(io.StringIO()):
            exact = list(Exact(official, rng).pairs(simple, options.count // 40))
    folder = options.keep or tempfile.mkdtemp()
    shutil.rmtree(os.path.join(folder, "data"), ignore_errors=True)
    write_data(os.path.join(folder, "data"), official.data, official.version, made + [question for question, _ in exact])
    for question, _ in exact:
        question.truth = json.loads(json.dumps(question.truth))  # as the file has it: a tuple is a list there
    wanted = lambda question: not options.python_only or question.language == "python"
    pairs = [pair for pair in exact if wanted(pair[0])]
    pairs += predictions([question for question in questions + made if wanted(question)], rng, options.count - len(pairs))
    verdicts = []
    quiet = io.StringIO()
    with redirect_stdout(quiet):
        start = time.process_time()
        for question, prediction in pairs:
            try:
                verdicts.append(official.verdict(question, prediction))
            except LeftOut:
                verdicts.append(None)
        official_seconds = time.process_time() - start
    left_out = verdicts.count(None)
    expected = [(question, prediction, verdict) for (question, prediction), verdict in zip(pairs, verdicts) if verdict]

    into, out = os.path.join(folder, "in.jsonl"), os.path.join(folder, "out.jsonl")
    with open(into, "w") as file:
        file.writelines(dumps(row_of(question, prediction, rng)) + "\n" for question, prediction, _ in expected)
    if options.keep:
        with open(os.path.join(folder, "expected.jsonl"), "w") as file:
            for question, prediction, (valid, error) in expected:
                file.write(json.dumps({"id": question.id, "category": question.category, "valid": valid, "error_type": error,
                    "label": prediction.label}) + "\n")

    # What the command does besides: questions, answers and rows are read, verdicts written.
    start = time.process_time()
    read_questions(os.path.join(folder, "data"), official.version)
    rows = lines(into)
    written = "".join(json.dumps({"id": row["id"], "category": row["category"], "model": row["model"], "valid": valid,
        "error_type": error}) + "\n" for row, (_, _, (valid, error)) in zip(rows, expected))
    files_seconds = time.process_time() - start
    del rows, written

    spent = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    start = spent()
    subprocess.run([options.command, "evaluate", "bfcl", "--data", os.path.join(folder, "data"), "--verdicts", out, "--mode", "official", into],
        check=True, stdout=subprocess.DEVNULL)
    command_seconds = spent() - start
    answers = lines(out)
    assert len(answers) == len(expected), f"{len(answers)} verdicts for {len(expected)} rows"

    differences = defaultdict(list)
    for (question, prediction, verdict), answer in zip(expected, answers):
        same_row = (answer["id"], answer["category"]) == (question.id, question.category)
        if not same_row or (answer["valid"], answer.get("error_type")) != verdict:
            differences[prediction.label.split(" / ")[0] if " / " not in prediction.label else prediction.label.split(" / ")[1]].append((
                question, prediction, verdict, answer))
    for label, found in sorted(differences.items(), key=lambda item: -len(item[1])):
        print(f"DIFFERENT: {label}, {len(found)} times")
        for question, prediction, verdict, answer in found[:10]:
            shown = prediction.raw if prediction.decoder else prediction.decoded
            print(
                f"  {question.category} {question.id} {prediction.decoder or 'decoded'} {prediction.model} [{prediction.label}]\n    {str(shown)[:400]!r}"
                  f"\n    right    {str(question.truth)[:300]}\n    official {verdict}\n    ours     {(answer['valid'], answer.get('error_type'))}")
    if not options.keep:
        shutil.rmtree(folder)

    print("error types:")
    for (valid, error), times in Counter(verdict for _, _, verdict in expected).most_common():
        print(f"  {times:7} {error or 'valid'}")
    ways = Counter(prediction.decoder or "decoded " + question.language for question, prediction, _ in expected)
    spoilings = {prediction.label.split(" / ")[0] for _, prediction, _ in expected}
    styles = {prediction.label.split(" / ")[1] for _, prediction, _ in expected if " / " in prediction.label}
    print("decoders:", ", ".join(f"{way} {times}" for way, times in ways.most_common()))
    ratio = official_seconds / command_seconds
    wrong = sum(map(len, differences.values()))
    print(
        f"CPU: official {official_seconds:.2f} s to decode and check {len(pairs)} ({len(pairs) / official_seconds:.0f} a second), command {command_seconds:.2f} s: {ratio:.1f} x; "
          f"with the reading and writing that the command's time has in it {official_seconds + files_seconds:.2f} s: {(official_seconds + files_seconds) / command_seconds:.1f} x")
    print(
        f"bfcl-{official.version}, seed {options.seed}: {len(expected)} verdicts compared, {len(spoilings)} spoilings, {len(styles)} ways of writing, "
          f"{sum(verdict[1] == RAISES for _, _, verdict in expected)} where the official code raises, {left_out} left out, {wrong} differences")
    sys.exit(wrong > 0 or ratio < options.ratio)


if __name__ == "__main__":
    main()
