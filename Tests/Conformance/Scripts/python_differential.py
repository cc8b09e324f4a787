#!/usr/bin/env python3
"""Compares the formats bfcl-v3 and bfcl-v4 with the decoder of the package bfcl-eval, on random and mutated Python.

    python3 Tests/Conformance/Scripts/python_differential.py --bfcl-v3 FOLDER --bfcl-v4 FOLDER [--count 100000] [--seed 1]
        [--command .build/release/toolreward]

FOLDER is where bfcl-eval 2025.7.9, or 2026.3.23, is unpacked: what holds the folder bfcl_eval. Only four functions of it are run, so that
it needs nothing that it depends on. Use CPython 3.11, whose grammar and `ast.unparse` ours are.

Compared is what JSON can hold of the result: value for value, `1` and `1.0` and `true` told apart. Left out, as documented with BFCLDecoder:
arithmetic on anything but constants, f-strings within text, results that are not JSON, and what takes the package more than a second.
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
        PYTHON, JAVA, JAVASCRIPT, VERBOSE_XML, CONCISE_XML, JSON = "Python", "Java", "JavaScript", "verbose", "concise", "json"

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
    """Whether the text holds an f-string, or arithmetic on more than constants."""
    constant = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.List, ast.Tuple, ast.operator, ast.unaryop, ast.expr_context)
    for node in ast.walk(parsed(text, version) or ast.Module([], [])):
        if isinstance(node, ast.JoinedStr):
            return True
        if isinstance(node, ast.BinOp) and not all(isinstance(part, constant) for part in ast.walk(node)):
            return True
    return False


class TimeOut(BaseException):
    pass


def on_alarm(*_):
    raise TimeOut


def compare(decode, version, cases, results):
    counts = Counter()
    for case, result in zip(cases, results):
        expected = None
        try:
            signal.setitimer(signal.ITIMER_REAL, 1)
            calls = decode(case)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for call in calls:
                check_json(call)
            pairs = [list(call.items())[0] for call in calls]
            expected = normal(json.loads(json.dumps(pairs)))
        except TimeOut:
            counts["left out: time"] += 1
            continue
        except MemoryError:
            counts["left out: memory"] += 1
            continue
        except BaseException:
            expected = None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        # Calls of no result and a text without any both have none.
        own = None if result is None else normal(result)
        if own == expected or (expected in (None, ("array", ())) and own in (None, ("array", ()))):
            counts["same, calls" if expected else "same, no calls"] += 1
        elif own is None and is_departure(case, version):
            counts["left out: departure"] += 1
        else:
            counts["DIFFERENT"] += 1
            print(f"{version} {case!r}\n  official {expected}\n  ours     {own}")
    return counts


class Generator:
    """Random Python, most of it valid."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def c(s,*a): return s.random.choice(a)
    def name(s): return s.random.choice(['a','b','x','f','foo','_f','true','null','é','ﬁ','ª','x1','print','match','ｘ','𝐱','e\u0301','Ａ','ᾲ','가','각','type','async_','ſ','µ'])
    def kw(s): return s.random.choice(['a','b','c','x','from_','é','print','null'])
    def num(s):
        r=s.random
        k=r.random()
        if k<.35: return str(r.choice([0,1,2,3,5,7,10,255,-0,12345678901234567890,2**53+1,10**22,2**64,2**100]))
        if k<.5: return r.choice(['1.0','0.5','.5','5.','1e5','1E-3','1e400','1e22','1e16','1e15','123456789.123','0.1','1_000','1_0.5_0','007.5','00','0_0','09.','0e0','1e-400','5e-324','2.5e-5','1e308','0.0001','0.00001','3.14','100.0','1.8883340'])
        if k<.6: return r.choice(['0x1F','0o17','0b101','0XfF','0x_f','0b1_0','0xdeadbeefcafebabe1234'])
        if k<.64: return r.choice(['1j','2.5J','0j','1e20j','1_0j','.5j'])
        return str(r.randint(-0,1000))
    def string(s):
        r=s.random
        body=''.join(r.choice(['a','b',' ','\\n','\\t','\\x41','\\u00e9','\\U0001F600','\\101','\\0','\\q','\\\\','é','日','{','}','{{','}}','%s','%','\\ud800','\\N{DIGIT ONE}' if r.random()<.0 else 'z','\\\n','\x7f','\xa0','\u200b','\\xff','#','/','\\\'','\\"','(',')','[',']',',','\t']) for _ in range(r.randint(0,5)))
        p=r.choice(['']*12+['r','u','b','f','rb','Rb','fr','U','R','F','bR','ur','B'])
        q=r.choice(["'",'"',"'",'"',"'''",'"""'])
        if len(q)==3 and r.random()<.3: body+=r.choice(['\n','\r\n',"'",'"','\r'])
        if r.random()<.15: body+={"'":'"','"':"'"}.get(q,'x')
        t=p+q+body+q
        if r.random()<.08: t+=r.choice(['',' '])+s.string()
        return t
    def fstring(s,d):
        return 'f'+s.c('"','"""')+s.c('','x','{{','}}')+'{'+s.e(d-1).replace('"',"'")+s.c('','!r','!x','=',':>10',':{w}',':{{}}','= ','!s:x')+'}'+s.c('"','"""')
    def const(s):
        k=s.random.random()
        if k<.4: return s.num()
        if k<.7: return s.string()
        return s.random.choice(['True','False','None','...'])
    def atom(s,d):
        r=s.random;k=r.random()
        if d<=0 or k<.3: return s.const() if r.random()<.7 else s.name()
        if k<.38: return '('+s.e(d-1)+')'
        if k<.46: return '('+s.elems(d-1)+')'
        if k<.56: return '['+s.elems(d-1)+']'
        if k<.62: return '{'+s.elems(d-1)+'}'
        if k<.72: return s.dict(d-1)
        if k<.76: return s.comp(d-1)
        if k<.78: return s.fstring(d)
        if k<.8: return s.c('(yield)','(yield '+s.e(d-1)+')','(yield from '+s.e(d-1)+')','(yield '+s.e(d-1)+', '+s.e(d-1)+')')
        if k<.9: return s.call(d-1)
        if k<.95: return s.atom(d-1)+s.c('.',' .','. ')+s.name()
        return s.atom(d-1)+'['+s.slice(d-1)+']'
    def slice(s,d):
        def one():
            k=s.random.random()
            if k<.5: return s.e(d)
            if k<.6: return s.c(':','::',':'+s.e(d),s.e(d)+':')
            if k<.7: return s.e(d)+':'+s.e(d)+':'+s.c('',s.e(d))
            if k<.75: return '*'+s.e(d)
            if k<.78: return 'x:='+s.e(d)
            return s.e(d)
        return ','.join(one() for _ in range(s.random.choice([1,1,1,2,2,3])))+s.c('','','',',')
    def elems(s,d):
        n=s.random.choice([0,1,1,2,2,3])
        out=[]
        for _ in range(n):
            e=s.e(d)
            k=s.random.random()
            if k<.06: e='*'+e
            elif k<.1: e='y:='+e
            out.append(e)
        return s.c(', ',',',' , ').join(out)+s.c('','','',',')
    def dict(s,d):
        out=[]
        for _ in range(s.random.choice([0,1,1,2,2,3])):
            if s.random.random()<.07: out.append('**'+s.e(d))
            else: out.append((s.const() if s.random.random()<.7 else s.e(d))+s.c(': ',':',' :')+s.e(d))
        return '{'+', '.join(out)+s.c('','','',',')+'}'
    def clause(s,d):
        t=s.c('i','i, j','(i, j)','i,','*i','*i, j','[i, j]','i.x','i[0]','f()','1') if s.random.random()<.5 else 'i'
        return s.c(' for ',' for ',' for ',' async for ')+t+' in '+s.e(d)+(' if '+s.e(d) if s.random.random()<.3 else '')
    def comp(s,d):
        b=s.e(d)
        if s.random.random()<.1: b='z := '+b
        if s.random.random()<.05: b='*'+b
        o,c=s.c('()','[]','{}')
        if o=='{' and s.random.random()<.5: b=b+': '+s.e(d)
        return o+b+s.clause(d)+(s.clause(d) if s.random.random()<.2 else '')+c
    def args(s,d,valid=.85):
        n=s.random.choice([0,0,1,1,2,2,3])
        pos=[];kws=[]
        for _ in range(n):
            k=s.random.random()
            if k<.25: pos.append(s.e(d))
            elif k<.29: pos.append('*'+s.e(d))
            elif k<.32: pos.append('w:='+s.e(d))
            elif k<.36: kws.append('**'+s.e(d))
            elif k<.38: kws.append(s.e(d)+'='+s.e(d))
            else: kws.append(s.kw()+s.c('=','=',' = ')+s.e(d))
        a=pos+kws
        if s.random.random()>valid: s.random.shuffle(a)
        if n and s.random.random()<.03: return s.e(d)+s.clause(d)+s.c('','',',',', 1')
        return s.c(', ',',').join(a)+s.c('','','','',',')
    def call(s,d):
        f=s.name() if s.random.random()<.7 else s.atom(d-1)
        while s.random.random()<.25: f+='.'+s.name()
        return f+s.c('','','',' ')+'('+s.args(d)+')'
    def lam(s,d):
        ps=[]
        for _ in range(s.random.choice([0,1,1,2,3])):
            ps.append(s.c('a','b','c','*','*d','**k','/','e='+s.e(d-1),'g='+s.e(d-1)))
        return 'lambda'+(' '+', '.join(ps) if ps else '')+s.c('','','',',' if ps else '')+': '+s.e(d-1)
    def e(s,d):
        r=s.random;k=r.random()
        if d<=0 or k<.45: return s.atom(d)
        if k<.7:
            op=r.choice(['+','-','*','/','//','%','**','<<','>>','&','|','^','@'])
            return s.e(d-1)+s.c('',' ')+op+s.c('',' ')+s.e(d-1)
        if k<.8: return s.c('-','+','~','not ','- ','--','-+')+s.e(d-1)
        if k<.86: return s.e(d-1)+s.c(' < ',' > ','==','!=','<=','>=',' in ',' not in ',' is ',' is not ')+s.e(d-1)
        if k<.91: return s.e(d-1)+s.c(' and ',' or ')+s.e(d-1)
        if k<.94: return s.e(d-1)+' if '+s.e(d-1)+' else '+s.e(d-1)
        if k<.96: return s.lam(d)
        if k<.97: return 'await '+s.e(d-1)
        return s.atom(d)
    def arith(s,d):
        r=s.random
        if d<=0 or r.random()<.15:
            return r.choice([s.num(),s.num(),str(r.randint(0,20)),'True','False',"'ab'",'"%s-%d"','[1,2]','(1,)','(1,2)','2.5','-3','(-7)','1e308','0','10**20'])
        k=r.random()
        if k<.15: return s.c('-','+','~','not ')+s.arith(d-1)
        if k<.3: return '('+s.arith(d-1)+')'
        if k<.35: return s.c('[','(')+s.arith(d-1)+','+s.arith(d-1)+s.c(']',')')
        op=r.choice(['+','-','*','/','//','%','**','<<','>>','&','|','^'])
        return s.arith(d-1)+' '+op+' '+s.arith(d-1)
    def top(s):
        r=s.random;k=r.random()
        if k<.3:  # decodable-ish
            def val(d):
                q=r.random()
                if q<.35: return s.const()
                if q<.5: return '['+', '.join(val(d-1) for _ in range(r.randint(0,3)))+']' if d>0 else s.const()
                if q<.58: return '{'+', '.join(s.c(s.const(),s.const(),'-1','1.0','True','x',s.arith(1))+': '+val(d-1) for _ in range(r.randint(0,3)))+'}' if d>0 else s.const()
                if q<.64: return '('+''.join(val(d-1)+',' for _ in range(r.randint(0,3)))+')' if d>0 else s.const()
                if q<.72: return s.c('-','+','~','not ')+s.const()
                if q<.86: return s.arith(r.randint(1,3))
                if q<.9: return s.call(2)
                if q<.93: return s.atom(1)+'['+s.slice(1)+']'
                if q<.95: return s.name()
                return s.e(2)
            def call():
                f=s.name()
                while r.random()<.2: f+='.'+s.name()
                return f+'('+', '.join([s.e(1) for _ in range(r.choice([0,0,0,1]))]+[s.kw()+'='+val(2) for _ in range(r.randint(0,3))])+')'
            t=', '.join(call() for _ in range(r.choice([1,1,1,2,3])))
            t=s.c('[','','(','[[','{',' [')+t+s.c(']','',')',']]','}',', ]','] ')
        elif k<.45: t='[f(a='+s.arith(r.randint(1,4))+')]'
        elif k<.6: t='[f(a=g('+s.e(r.randint(1,3))+'))]'
        elif k<.75: t='[f(a=x['+s.slice(2)+'])]'
        else: t=s.c('[f(a=','f(','[')+s.e(r.randint(1,4))+s.c(')]',')',']')
        return s.mutate(t) if r.random()<.4 else t
    def mutate(s,t):
        r=s.random
        for _ in range(r.choice([1,1,2,3])):
            if not t: break
            i=r.randrange(len(t)); j=min(len(t),i+r.randint(1,3))
            k=r.random()
            if k<.35: t=t[:i]+t[j:]
            elif k<.7: t=t[:i]+r.choice(list("()[]{},:='\"\\ \n\t#.*+-/%@&|^~<>!;$`0123456789abefnrux_éj\r\f\v\x00\ufeff\xa0")+['lambda ','if ','else ','for ','in ','not ','await ','yield ','async ',':=','**','...','\\\n','#c\n','\r\n','``','"""',"'''",'None','True','0x','1_','0_7','and ','is '])+t[i:]
            elif k<.85: t=t[:i]+t[i:j]+t[i:]
            else:
                a=r.randrange(len(t)); b=r.randrange(len(t))
                t=t[:a]+t[b:b+5]+t[a:]
        return t


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
        case = generator.top()
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
