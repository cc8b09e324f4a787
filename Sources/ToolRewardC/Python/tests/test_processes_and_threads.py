"""Threads, forks, and the C interface called with what nobody should call it with."""

import ctypes
import gc
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import warnings

import pytest

import toolreward
from toolreward import Scorer, Tools
from toolreward._library import create, library, release

TRUTH = '[{"name": "f", "arguments": {"a": 1}}]'
RIGHT = '<think>x</think><tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>'
WRONG = RIGHT.replace("1", "2")
# Sanitizers make everything slow: TOOLREWARD_ROUNDS asks for less or more.
ROUNDS = int(os.environ.get("TOOLREWARD_ROUNDS", "200"))


def in_threads(count, body):
    """Runs body(number) in threads, and raises what any of them raised."""
    failures = []

    def guarded(number):
        try:
            body(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_eight_threads_share_a_scorer():
    scorer, tools = Scorer(check_tools=True), Tools([{"name": "f"}])

    def body(number):
        randomness = random.Random(number)
        for _ in range(ROUNDS):
            right = [randomness.random() < 0.5 for _ in range(randomness.randrange(1, 80))]
            truths = [TRUTH if randomness.random() < 0.9 else f'[{{"name":"f","arguments":{{"b":{randomness.randrange(99)}}}}}]' for _ in right]
            texts = [RIGHT if own else WRONG for own in right]
            expected = [float(own and truth == TRUTH) for own, truth in zip(right, truths)]
            assert list(scorer.score_batch(texts, truths, threads=randomness.randrange(4))) == expected
            assert list(scorer.score_batch(texts, truths, tools, lines=True)) == expected
            assert scorer.score(RIGHT, TRUTH).score == 1.0
            assert Scorer("exact-match").score(WRONG, TRUTH).score == 0.0

    in_threads(8, body)


def test_ground_truths_that_no_thread_has_seen():
    for _ in range(max(2, ROUNDS // 20)):
        scorer, tools = Scorer("strict"), [[{"name": "f", "description": str(number)}] for number in range(4)]
        truths = [f'[{{"name": "f", "arguments": {{"a": {number}}}}}]' for number in range(200)]
        texts = [f"<think>x</think><tool_call>{truth}</tool_call>" for truth in truths]
        in_threads(8, lambda number: check(scorer.score_batch(texts, truths, [tools[number % 4]] * 200)))


def check(scores):
    assert list(scores) == [1.0] * len(scores)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork_before_anything_was_scored():
    """The child is the first to score, on threads of its own."""
    code = """if True:
        import os, signal, sys, toolreward
        truth = '[{"name": "f", "arguments": {"a": 1}}]'
        text = f"<think>x</think><tool_call>{truth}</tool_call>"
        scorer = toolreward.Scorer() if len(sys.argv) > 1 else None
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                scorer = scorer or toolreward.Scorer()
                os._exit(0 if list(scorer.score_batch([text] * 200, [truth] * 200, threads=3)) == [1.0] * 200 else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    """
    folder = pathlib.Path(toolreward.__file__).parents[1]
    for more in ([], ["early"]):
        for _ in range(max(1, ROUNDS // 100)):
            subprocess.run([sys.executable, "-c", code, *more], check=True, cwd=folder)


def test_eight_threads_make_and_release():
    scorer = Scorer()
    policy = scorer._handle

    def body(number):
        for _ in range(ROUNDS):
            task = create(library.toolreward_task_create, policy, TRUTH.encode(), len(TRUTH), 0)
            score = ctypes.c_double()
            assert library.toolreward_score(task, RIGHT.encode(), len(RIGHT), ctypes.addressof(score), None, 0, None, None, None) == 0
            assert score.value == 1
            release(task)
            assert library.toolreward_score(task, RIGHT.encode(), len(RIGHT), ctypes.addressof(score), None, 0, None, None, None) == 2
            assert library.toolreward_release(random.getrandbits(63) | 1 << 62, None) == 2

    in_threads(8, body)
    del scorer
    gc.collect()
    assert library.toolreward_release(policy, None) == 2, "the policy's handle went with its object"


def test_other_threads_run_meanwhile():
    """Another thread's ticks fall into the middle of the call, where only a lock that was given up lets them."""
    scorer = Scorer()
    texts = [RIGHT.replace("1", f"[{'1,' * 200_000}1]")] * 20
    scorer.score_batch(texts[:2], [TRUTH] * 2)
    ticks, stop = [], threading.Event()

    def ticking():
        while not stop.wait(0.0005):
            ticks.append(time.monotonic_ns())

    thread = threading.Thread(target=ticking)
    thread.start()
    start = time.monotonic_ns()
    scorer.score_batch(texts, [TRUTH] * len(texts), threads=1)
    end = time.monotonic_ns()
    stop.set()
    thread.join()
    assert any(start + (end - start) * 0.2 < tick < end - (end - start) * 0.2 for tick in ticks)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork_while_threads_score():
    scorer = Scorer()
    scorer.score_batch([RIGHT] * 100, [TRUTH] * 100)
    stop = threading.Event()

    def scoring():
        while not stop.is_set():
            scorer.score_batch([RIGHT, WRONG] * 100, [TRUTH] * 200, threads=3)

    threads = [threading.Thread(target=scoring) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(max(5, ROUNDS // 10)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                child = os.fork()
            if child == 0:
                # A child that hangs is killed by the alarm; one that fails has another exit code.
                status = 1
                try:
                    import signal

                    signal.alarm(60)
                    scores = scorer.score_batch([RIGHT, WRONG] * 100, [TRUTH] * 200, threads=2)
                    own = Scorer("exact-match").score(RIGHT, TRUTH).score
                    status = 0 if list(scores) == [1.0, 0.0] * 100 and own == 1.0 else 2
                finally:
                    os._exit(status)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _pooled(arguments):
    scorer, texts = arguments
    return list(scorer.score_batch(texts, [TRUTH] * len(texts)))


@pytest.mark.parametrize("method", [method for method in ("fork", "spawn") if method in multiprocessing.get_all_start_methods()])
def test_pools(method):
    scorer = Scorer()
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(_pooled, [(scorer, [RIGHT, WRONG])] * 6) == [[1.0, 0.0]] * 6


def test_callbacks_from_many_threads():
    """text_of of toolreward_gather_texts is called in the caller's thread, whichever that is."""
    kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_ssize_t))
    gather = ctypes.CDLL(library._name).toolreward_gather_texts
    gather.restype = ctypes.c_size_t
    texts = [ctypes.create_string_buffer(str(number).encode()) for number in range(50)]
    objects = (ctypes.c_void_p * 50)(*map(ctypes.addressof, texts))

    def body(number):
        def text_of(object, length):
            if object == ctypes.addressof(texts[number + 40]):
                return None
            length[0] = len(ctypes.string_at(object))
            return object

        for _ in range(max(1, ROUNDS // 10)):
            found, lengths = (ctypes.c_void_p * 50)(), (ctypes.c_size_t * 50)()
            assert gather(objects, ctypes.c_size_t(50), kind(text_of), found, lengths) == number + 40
            assert list(lengths)[: number + 40] == [1] * 10 + [2] * (number + 30)

    in_threads(8, body)


@pytest.mark.parametrize("seed", range(4))
def test_random_calls(seed):
    """Whatever numbers handles, lengths of what is null, and counts are, a code comes back."""
    randomness = random.Random(seed)
    policy = Scorer()
    handles = [0, 1, 2**64 - 1, policy._handle, policy._handle + 1, Tools("[]")._handle] + [randomness.getrandbits(64) for _ in range(4)]
    score, count = ctypes.c_double(), ctypes.c_size_t()
    for _ in range(ROUNDS * 5):
        handle, other = randomness.choice(handles), randomness.choice(handles)
        length = randomness.choice([0, 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1])
        text = None if randomness.random() < 0.7 or length > 1 else b"{"
        codes = [
            library.toolreward_score(handle, text, length, ctypes.addressof(score), None, length, None, None, None),
            library.toolreward_task_create(handle, text, length, other, ctypes.byref(ctypes.c_uint64()), None),
            library.toolreward_policy_create(text, length, None, None),
            library.toolreward_tools_create(text, length, ctypes.byref(ctypes.c_uint64()), None),
            library.toolreward_score_batch(handle, None, length, text, length, None, length, 0, None, None, length, None, None, None),
            library.toolreward_score_texts(handle, None, length, None, None, length, 0, ctypes.addressof(score), None, 0, None, None, None),
            library.toolreward_component_count(handle, ctypes.byref(count), None),
            library.toolreward_score_records(handle, text, length, length, None, None, None),
        ]
        assert all(0 <= code <= 7 for code in codes)
        assert codes[0] and codes[1] and codes[2] and codes[7]
        assert length == 0 or codes[4] and codes[5]
    assert policy.score(RIGHT, TRUTH).score == 1.0
