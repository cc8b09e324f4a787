#!/usr/bin/env python3
"""`toolreward bowtie` against PyPI jsonschema-rs over generated schemas and values.

usage: schema_differential.py TOOLREWARD [--pairs N] [--seed S] [--draft 7|2020]
Prints each pair on which they disagree, and how many pairs were compared; fails on a disagreement. What we call undecided is counted, not compared.
"""
import json, random, subprocess, sys
import jsonschema_rs

command = sys.argv[1]
option = lambda name, default: type(default)(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
pairs, seed, draft = option("--pairs", 100_000), option("--seed", 1), option("--draft", "2020")
rng = random.Random(seed)
NAMES = ["a", "b", "c", "city", "unit", "é", "e\u0301", "", "a/b", "~", "type", "items", "$ref", "x" * 20]
NUMBERS = ["0", "1", "-1", "1.0", "0.1", "1e2", "-0", "5", "10", "3.5", "1e-3", "100", "9007199254740993", "9007199254740992", "1.5e1", "0.30", "7", "2"]
STRINGS = ["", "a", "ab", "Paris", "é", "e\u0301", "\U0001f409", "2024-01-31", "abc\n", "x y", "ABC", "12", "true", "\r\n", "a" * 12]
PATTERNS = ["^a", "b$", "^[a-z]+$", "^\\d{4}-\\d{2}-\\d{2}$", "^(a|b|Paris)$", "\\w+", "^\\S*$", "a.c", "^.{2,5}$", "[^a-c]", "^x?y*", "é", "^$", "(ab)+", "^[A-Z]{3}$"]
TYPES = ["null", "boolean", "object", "array", "number", "integer", "string"]
raw = lambda text: Raw(text)


class Raw(str):
    """JSON text that is already written."""


def value(depth=0):
    kind = rng.choice(["null", "bool", "number", "string", "number", "string", "array", "object"] if depth < 3 else ["null", "number", "string"])
    if kind == "null":
        return "null"
    if kind == "bool":
        return rng.choice(["true", "false"])
    if kind == "number":
        return rng.choice(NUMBERS)
    if kind == "string":
        return json.dumps(rng.choice(STRINGS), ensure_ascii=rng.random() < 0.5)
    if kind == "array":
        return "[" + ",".join(value(depth + 1) for _ in range(rng.choice([0, 1, 2, 3, 3, 20]) if depth < 2 else rng.randint(0, 2))) + "]"
    names = rng.sample(NAMES, rng.randint(0, 4))
    return "{" + ",".join(f"{json.dumps(n)}:{value(depth + 1)}" for n in names) + "}"


def schema(depth=0):
    if rng.random() < 0.06:
        return rng.choice(["true", "false"])
    members = {}
    sub = lambda: schema(depth + 1) if depth < 3 else rng.choice(["true", '{"type":"string"}', '{"type":"integer"}', "{}"])
    small = lambda: str(rng.choice([0, 1, 2, 3, "2.0"]))
    choices = ["type", "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
               "properties", "properties", "properties", "required", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
               "items", "items", "contains", "uniqueItems", "minItems", "maxItems", "allOf", "anyOf", "oneOf", "not", "if", "ref"]
    choices += ["prefixItems", "minContains", "maxContains", "dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedProperties", "unevaluatedItems"] if draft == "2020" else ["itemsList", "dependencies"]
    for keyword in rng.sample(choices, rng.randint(1, 4)):
        if keyword == "type":
            members["type"] = json.dumps(rng.choice(TYPES) if rng.random() < 0.7 else rng.sample(TYPES, 2))
        elif keyword == "enum":
            members["enum"] = "[" + ",".join({value(2): 1 for _ in range(rng.randint(1, 12))}) + "]"
        elif keyword == "const":
            members["const"] = value(1)
        elif keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            members[keyword] = rng.choice(NUMBERS)
        elif keyword == "multipleOf":
            members[keyword] = rng.choice(["1", "2", "0.1", "0.01", "3", "0.5", "1e1", "7"])
        elif keyword in ("minLength", "maxLength", "minProperties", "maxProperties", "minItems", "maxItems"):
            members[keyword] = small()
        elif keyword in ("minContains", "maxContains"):
            members[keyword] = small()
            members["contains"] = sub()
        elif keyword == "pattern":
            members[keyword] = json.dumps(rng.choice(PATTERNS))
        elif keyword == "properties":
            members[keyword] = "{" + ",".join(f"{json.dumps(n)}:{sub()}" for n in rng.sample(NAMES, rng.choice([1, 2, 3, 12]))) + "}"
        elif keyword == "patternProperties":
            members[keyword] = "{" + ",".join(f"{json.dumps(n)}:{sub()}" for n in rng.sample(PATTERNS, rng.randint(1, 2))) + "}"
        elif keyword == "required":
            members[keyword] = json.dumps(rng.sample(NAMES, rng.randint(0, 2)))
        elif keyword == "dependentRequired":
            members[keyword] = json.dumps({n: rng.sample(NAMES, 1) for n in rng.sample(NAMES, 2)})
        elif keyword == "dependentSchemas":
            members[keyword] = "{" + ",".join(f"{json.dumps(n)}:{sub()}" for n in rng.sample(NAMES, 1)) + "}"
        elif keyword == "dependencies":
            members[keyword] = "{" + f"{json.dumps(rng.choice(NAMES))}:{sub() if rng.random() < .5 else json.dumps(rng.sample(NAMES, 1))}" + "}"
        elif keyword in ("additionalProperties", "propertyNames", "items", "contains", "not", "unevaluatedProperties", "unevaluatedItems"):
            members[keyword] = sub() if rng.random() < 0.6 else "false"
        elif keyword == "itemsList":
            members["items"] = "[" + ",".join(sub() for _ in range(rng.randint(1, 2))) + "]"
            members["additionalItems"] = sub()
        elif keyword == "prefixItems":
            members[keyword] = "[" + ",".join(sub() for _ in range(rng.randint(1, 2))) + "]"
        elif keyword == "uniqueItems":
            members[keyword] = "true"
        elif keyword in ("allOf", "anyOf", "oneOf"):
            members[keyword] = "[" + ",".join(sub() for _ in range(rng.randint(1, 3))) + "]"
        elif keyword == "if":
            members["if"] = sub()
            members["then"] = sub()
            if rng.random() < 0.5:
                members["else"] = sub()
        elif keyword == "ref" and depth > 0:
            members["$ref"] = '"#/$defs/d"'
    if depth == 0:
        members["$defs"] = '{"d":' + schema(2).replace('"$ref":"#/$defs/d"', '"title":"t"') + "}"
    return "{" + ",".join(f"{json.dumps(k)}:{v}" for k, v in members.items()) + "}"


uri = {"2020": "https://json-schema.org/draft/2020-12/schema", "7": "http://json-schema.org/draft-07/schema#"}[draft]
maker = {"2020": jsonschema_rs.Draft202012Validator, "7": jsonschema_rs.Draft7Validator}[draft]
process = subprocess.Popen([command, "bowtie"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(line):
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


ask('{"cmd":"start","version":1}')
ask(json.dumps({"cmd": "dialect", "dialect": uri}))
compared = undecided = refused = disagreements = valid = 0
while compared < pairs:
    text = schema()
    values = [value() for _ in range(20)]
    answer = ask('{"cmd":"run","seq":1,"case":{"description":"","schema":%s,"tests":[%s]}}' % (text, ",".join('{"description":"","instance":%s}' % v for v in values)))
    try:
        validator = maker(json.loads(text), validate_formats=False)
    except Exception as error:
        if "results" in answer:
            disagreements += 1
            print("they refuse the schema:", text, str(error)[:200])
        refused += 1
        continue
    if "results" not in answer:
        disagreements += 1
        print("we refuse the schema:", text, answer)
        continue
    for instance, result in zip(values, answer["results"]):
        if "valid" not in result:
            undecided += 1
            continue
        compared += 1
        theirs = validator.is_valid(json.loads(instance))
        valid += theirs
        if theirs != result["valid"]:
            disagreements += 1
            if disagreements <= 20:
                print(f"ours {result['valid']}, theirs {theirs}: {text} on {instance}")
process.stdin.close()
print(f"draft {draft}, seed {seed}: {compared} pairs compared ({valid} valid), {undecided} undecided, {refused} schemas refused, {disagreements} disagreements")
sys.exit(disagreements > 0)
