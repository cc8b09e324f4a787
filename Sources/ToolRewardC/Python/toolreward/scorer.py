"""Scorers, verdicts and batches."""

from __future__ import annotations

import ctypes
import json
import math
import os
from array import array
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

from ._library import Texts, ToolRewardError as ToolRewardError, call, create, library, release, take, taken

Completion = Union[str, bytes, Mapping[str, Any], Sequence[Mapping[str, Any]]]
"""A model's text; under the view "structured" a message, or a list of messages."""

_NAN = math.nan
# As many tasks as a scorer remembers. Ground truths come again and again within an epoch; what is forgotten is only compiled once more.
_REMEMBERED = 16384


def library_version() -> str:
    """The version of the shared library."""
    return str(library.toolreward_version().decode())


class Unscorable(ToolRewardError):
    """A sample cannot be judged, where the caller has no other way to be told: its score is none, which is never 0."""


@dataclass(frozen=True)
class Finding:
    """Why a score is what it is.

    Attributes:
        code: stable, snake_case.
        severity: "error", "warning" or "info".
        message: for people.
        range: the bytes of the completion that it is about, start and end.
        attempt: which attempt at a call, from 0.
        expected_call: which call of the ground truth, from 0.
        pointer: JSON Pointer into the arguments.
    """

    code: str
    severity: str
    message: str
    range: Optional[List[int]] = None
    attempt: Optional[int] = None
    expected_call: Optional[int] = None
    pointer: Optional[str] = None


@dataclass(frozen=True)
class Verdict:
    """What a reward says of one completion.

    Attributes:
        score: None if the sample cannot be judged, which is never the same as 0.
        components: the parts of the reward; None where a part was not checked. The keys are always the same.
        findings: the reasons.
        error: {"line", "code", "message"} if the record is at fault.
        line: the verdict as `toolreward score` writes it, line feed included.
    """

    score: Optional[float]
    components: Dict[str, Optional[float]]
    findings: List[Finding]
    error: Optional[Dict[str, Any]]
    line: str


class BatchScores(List[Optional[float]]):
    """The scores of a batch, in its order; None where a sample cannot be judged.

    Attributes:
        lines: the verdicts as `toolreward score` writes them for lines of a file, if they were asked for.
    """

    lines: Optional[List[str]]

    def __init__(self, scores: Sequence[Optional[float]], numbers: "array[float]", names: Sequence[str]) -> None:
        super().__init__(scores)
        self._numbers, self._names = numbers, names
        self.lines = None

    @property
    def components(self) -> Dict[str, List[Optional[float]]]:
        """For each part of the reward its numbers, None where it was not checked. O(batch)."""
        width = len(self._names)
        columns: Dict[str, List[Optional[float]]] = {
            name: list(self._numbers[place::width]) for place, name in enumerate(self._names)
        }
        for column in columns.values():
            _nan_to_none(column)
        return columns


class Tools:
    """Tool definitions, compiled once: pass them where many samples share them.

    Args:
        definitions: of any origin that `toolreward tools` reads: JSON text, or what it stands for.

    Raises:
        ToolRewardError: they cannot be read.
    """

    def __init__(self, definitions: Any) -> None:
        self._json = definitions if isinstance(definitions, str) else _json(definitions)
        text = self._json.encode("utf-8", "surrogatepass")
        self._handle = create(library.toolreward_tools_create, text, len(text))

    def __del__(self) -> None:
        if handle := getattr(self, "_handle", 0):
            release(handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Tools, (self._json,)


class _Task:
    """A compiled task. Its handle is 0 where the record must be looked at whole: its ground truth or its tools are broken."""

    __slots__ = ("handle", "ground_truth", "tools")

    def __init__(self, handle: int, ground_truth: str, tools: Optional[str]) -> None:
        self.handle, self.ground_truth, self.tools = handle, ground_truth, tools

    def __del__(self) -> None:
        if self.handle:
            release(self.handle)


_NO_TASK = _Task(0, "null", None)


class Scorer:
    """A reward, compiled once. May be used from any thread, pickled, and carried through fork.

    Args:
        reward: a name (`toolreward rewards` lists them), a path to a reward file, or what such a file holds.
        format: likewise (`toolreward formats`); None for the reward's own.
        view: which part of a conversation the completions are: "response", "prefilled" (the prompt ended with the opening reasoning
            marker), "conversation" (judged from the last assistant marker), "structured" (messages with tool_calls).
        leniencies: names of departures from the format to forgive.
        step: the training step, for rewards that move with it.
        check_tools: whether calls are checked against their tools' schemas under any reward.

    Raises:
        ToolRewardError: there is no such thing, or its parts do not go together.
    """

    def __init__(
        self,
        reward: Union[str, "os.PathLike[str]", Mapping[str, Any]] = "tool-n1",
        format: Union[str, "os.PathLike[str]", Mapping[str, Any], None] = None,
        *,
        view: str = "response",
        leniencies: Sequence[str] = (),
        step: int = 0,
        check_tools: bool = False,
    ) -> None:
        options = {
            "reward": _definition(reward), "format": _definition(format), "view": view, "leniencies": list(leniencies),
            "step": step, "check_tools": check_tools,
        }
        self._start(_json(options))

    def _start(self, options: str) -> None:
        self._options = options
        text = options.encode("utf-8", "surrogatepass")
        self._handle = create(library.toolreward_policy_create, text, len(text))
        about = json.loads(take(library.toolreward_policy_describe, self._handle))
        self.reward: str = about["reward"]
        """The reward's name."""
        self.format: str = about["format"]
        """The format's name."""
        self.view: str = about["view"]
        """The view's name."""
        self.component_names: List[str] = about["components"]
        """The keys of the components."""
        # Tasks by their texts, and the handles of those without tools. One tuple, so that a thread that reads it has both or the next
        # ones; who uses handles keeps the tasks.
        self._memory: Tuple[Dict[Any, _Task], Dict[str, int]] = ({}, {})

    def __del__(self) -> None:
        if handle := getattr(self, "_handle", 0):
            release(handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return _restored, (type(self), self._options)

    def __repr__(self) -> str:
        return f"Scorer(reward={self.reward!r}, format={self.format!r}, view={self.view!r})"

    # Scoring

    def score(self, completion: Completion, ground_truth: Any, tools: Any = None, *, id: Any = None, line: int = 1) -> Verdict:
        """Scores one completion.

        Args:
            completion: the model's text; under the view "structured" a message, or a list of messages.
            ground_truth: a list of calls [{"name", "arguments"}], or JSON text of one; [] where no call is right.
            tools: None, definitions, JSON text of them, or Tools.
            id: the identifier in the verdict's line; the line's number if it is None.
            line: which line of a file it is, for errors.

        Returns:
            The verdict. What cannot be judged has a score of None, and an error or findings that say why.
        """
        task = self._task(ground_truth, tools)
        own = self._line(completion, task) if task.handle else None
        if own is None or own.startswith(b'{"id":1,"score":null'):
            text = self._record(completion, task, line).decode()
            beginning = f'{{"id":{line}'
        else:
            text, beginning = own.decode(), '{"id":1'
        if id is not None or line != 1:
            text = '{"id":' + _json(line if id is None else id) + text[len(beginning) :]
        return self._verdict(text)

    def score_batch(
        self,
        completions: Sequence[Completion],
        ground_truths: Sequence[Any],
        tools: Any = None,
        *,
        threads: int = 0,
        lines: bool = False,
    ) -> BatchScores:
        """Scores many completions in parallel; other Python threads run meanwhile.

        Args:
            completions: as `score` takes one.
            ground_truths: one for each completion, as `score` takes one.
            tools: None, Tools for all, or a list with one for each completion, as `score` takes them.
            threads: how many may work; 0 for one a core.
            lines: whether the verdicts are wanted whole, as JSON Lines; the identifiers count from 1.

        Returns:
            The scores. One broken sample costs no other: its score is None.

        Raises:
            TypeError: a completion is no text where text is due.
            ValueError: the lists have different lengths.
        """
        count = len(completions)
        if len(ground_truths) != count:
            raise ValueError(f"there are {count} completions and {len(ground_truths)} ground truths; one each is due")
        if not (tools is None or isinstance(tools, Tools)) and len(tools) != count:
            raise ValueError(f"there are {count} completions and tools for {len(tools)}; pass Tools(…) where all share them")
        parts: Sequence[Any] = completions if self.view != "structured" else [_json(completion) for completion in completions]
        handles, memory = self._handles(ground_truths, tools)
        try:
            texts = Texts(parts)
        except TypeError:
            raise TypeError(next(_not_text(part) for part in parts if not isinstance(part, (str, bytes)))) from None
        for position in texts.wrong:
            handles[position] = 0
        width = len(self.component_names)
        scores = array("d", bytes(8 * count))
        components = array("d", bytes(8 * count * width))
        written, length = ctypes.c_void_p(), ctypes.c_size_t()
        call(
            library.toolreward_score_texts, self._handle, handles.buffer_info()[0], count, *texts.arguments, threads,
            scores.buffer_info()[0], components.buffer_info()[0], count * width,
            ctypes.byref(written) if lines else None, ctypes.byref(length) if lines else None,
        )
        del memory
        result = BatchScores(scores.tolist(), components, self.component_names)
        if lines:
            result.lines = [line + "\n" for line in taken(written, length).decode().split("\n")[:-1]]
        for position in _nan_to_none(result):
            # Broken, or beyond a limit: as the command scores the whole record.
            own = tools if tools is None or isinstance(tools, Tools) else tools[position]
            task = self._task(ground_truths[position], own)
            verdict = self._verdict(self._record(completions[position], task, position + 1).decode())
            result[position] = verdict.score
            components[position * width : (position + 1) * width] = array(
                "d", [_NAN if part is None else part for part in verdict.components.values()]
            )
            if result.lines is not None:
                result.lines[position] = verdict.line
        return result

    def _line(self, completion: Completion, task: _Task) -> Optional[bytes]:
        """The verdict's line; None if the record must be looked at whole."""
        if self.view == "structured":
            completion = _json(completion)
        elif not isinstance(completion, (str, bytes)):
            raise TypeError(_not_text(completion))
        try:
            text = completion if isinstance(completion, bytes) else completion.encode()
        except UnicodeEncodeError:
            return None
        score, written, length = ctypes.c_double(), ctypes.c_void_p(), ctypes.c_size_t()
        call(
            library.toolreward_score, task.handle, text, len(text), ctypes.addressof(score), None, 0, ctypes.byref(written),
            ctypes.byref(length),
        )
        return taken(written, length)

    def _record(self, completion: Completion, task: _Task, line: int = 1) -> bytes:
        """Scores a record as the command does."""
        if isinstance(completion, bytes):
            completion = completion.decode("utf-8", "surrogateescape")
        record = f'{{"completion":{_json(completion)},"ground_truth":{task.ground_truth}'
        record += f',"tools":{task.tools}}}' if task.tools is not None else "}"
        text = record.encode("utf-8", "surrogatepass")
        return take(library.toolreward_score_records, self._handle, text, len(text), line)

    def _verdict(self, line: str) -> Verdict:
        value = json.loads(line)
        return Verdict(
            _number(value["score"]), {name: _number(part) for name, part in value["components"].items()},
            [Finding(**finding) for finding in value["findings"]], value.get("error"), line,
        )

    # Tasks

    def _handles(self, ground_truths: Sequence[Any], tools: Any) -> Tuple["array[int]", Any]:
        """The handles of a batch's tasks, and what keeps them."""
        memory = self._memory
        if tools is None:
            try:
                return array("Q", map(memory[1].__getitem__, ground_truths)), memory
            except (KeyError, TypeError):  # one that is not known yet, or no text
                pass
            tools = [None] * len(ground_truths)
        elif isinstance(tools, Tools):
            tools = [tools] * len(ground_truths)
        tasks: List[_Task] = []
        last_truth: Any = tasks  # nothing that a caller can have
        last_tools: Any = None
        task = _NO_TASK
        for truth, own in zip(ground_truths, tools):
            # The completions of a group have the same objects, one after the other.
            if truth is not last_truth or own is not last_tools:
                task = self._task(truth, own)
                last_truth, last_tools = truth, own
            tasks.append(task)
        return array("Q", [task.handle for task in tasks]), tasks

    def _task(self, ground_truth: Any, tools: Any) -> _Task:
        """The compiled task, remembered by its text. A text without tools is its own key."""
        plain = type(ground_truth) is str and tools is None
        truth = None if plain else _json(ground_truth)
        own = tools if isinstance(tools, Tools) or tools is None else _json(tools)
        key = ground_truth if plain else (truth, own)  # Tools are kept by their key, so that no other ones take their place
        tasks, handles = self._memory
        task = tasks.get(key)
        if task is None:
            if len(tasks) >= _REMEMBERED:
                self._memory = tasks, handles = {}, {}
            task = tasks[key] = self._compiled(truth or _json(ground_truth), own)
            if plain:
                handles[ground_truth] = task.handle
        return task

    def _compiled(self, truth: str, tools: Union[Tools, str, None]) -> _Task:
        text = truth.encode("utf-8", "surrogatepass")
        tools_text = tools._json if isinstance(tools, Tools) else tools
        try:
            compiled = tools if isinstance(tools, Tools) or tools is None else Tools(tools)
            handle = create(
                library.toolreward_task_create, self._handle, text, len(text), compiled._handle if compiled else 0
            )
        except ToolRewardError:
            return _Task(0, truth, tools_text)
        return _Task(handle, truth, tools_text)


def _number(part: Optional[float]) -> Optional[float]:
    return None if part is None else float(part)


def _restored(kind: Type[Scorer], options: str) -> Scorer:
    scorer = kind.__new__(kind)
    scorer._start(options)
    return scorer


def _definition(value: Any) -> Any:
    """A name or a definition; a file's is read."""
    if isinstance(value, os.PathLike) or isinstance(value, str) and value.endswith(".json"):
        with open(value, encoding="utf-8") as file:
            return json.load(file)
    return value


def _plain(value: Any) -> Any:
    """What data frames and tables hold, as JSON's types."""
    for name in ("tolist", "as_py", "model_dump"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=_plain)


def _not_text(value: Any) -> str:
    return f"a completion must be a str, not {type(value).__name__}; messages are scored with view=\"structured\""


def _nan_to_none(numbers: List[Any]) -> List[int]:
    """Puts None where numbers are NaN, and gives their places."""
    if not math.isnan(sum(numbers)):
        return []
    places = [place for place, number in enumerate(numbers) if number != number]
    for place in places:
        numbers[place] = None
    return places
