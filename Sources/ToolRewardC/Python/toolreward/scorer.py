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
# How much text of tools a scorer remembers compiled. What is forgotten is only compiled once more.
_REMEMBERED = 4 << 20


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
        self._given = definitions
        text = (definitions if isinstance(definitions, str) else _member(definitions, "tools")).encode("utf-8", "surrogatepass")
        self._handle = create(library.toolreward_tools_create, text, len(text))

    def __del__(self) -> None:
        if handle := getattr(self, "_handle", 0):
            release(handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Tools, (self._given,)


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
        self.assistant_markers: List[str] = about["assistant_markers"]
        """What begins an answer in a conversation of the format."""
        self._uses_tools: bool = about["uses_tools"]
        # Tools by their text, and how much text that is. One tuple: a thread that reads it has both.
        self._memory: Tuple[Dict[str, Optional[Tools]], List[int]] = ({}, [0])

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
        text = None
        if self._takes(completion):
            batch = self._batch((completion,), (ground_truth,), tools if isinstance(tools, Tools) else (tools,), 1, True)
            if batch[0] is not None and batch.lines is not None:
                text, beginning = batch.lines[0], '{"id":1'
        if text is None:
            text = self._record(completion, ground_truth, tools, line)
            beginning = f'{{"id":{line}'
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
            The scores. A sample whose ground truth is broken costs no other: its score is None.

        Raises:
            TypeError: a completion is no text where text is due, a ground truth or tools hold what JSON cannot, or tools are none.
            ValueError: the lists have different lengths, or hold what is nested without end.
        """
        texts, truths = tuple(completions), tuple(ground_truths)
        if len(truths) != len(texts):
            raise ValueError(f"there are {len(texts)} completions and {len(truths)} ground truths; one each is due")
        own: Union[Tools, Tuple[Any, ...], None] = tools if isinstance(tools, Tools) or tools is None else _each(tools, len(texts))
        try:
            result = self._batch(texts, truths, own, threads, lines)
        except TypeError:
            for place, text in enumerate(texts):
                if not self._takes(text):
                    raise TypeError(f"completions[{place}]: {_not_text(text)}") from None
            raise
        numbers, width = result._numbers, len(self.component_names)
        for place in [place for place, score in enumerate(result) if score is None]:
            # Broken, or beyond a limit: as the command scores the whole record.
            tool = own if isinstance(own, Tools) or own is None else own[place]
            verdict = self._verdict(self._record(texts[place], truths[place], tool, place + 1))
            result[place] = verdict.score
            numbers[place * width : (place + 1) * width] = array(
                "d", [_NAN if part is None else part for part in verdict.components.values()]
            )
            if result.lines is not None:
                result.lines[place] = verdict.line
        return result

    def _takes(self, completion: Any) -> bool:
        return self.view == "structured" or isinstance(completion, (str, bytes))

    def _batch(
        self, completions: Tuple[Any, ...], truths: Tuple[Any, ...], tools: Union[Tools, Tuple[Any, ...], None], threads: int, lines: bool
    ) -> BatchScores:
        """Scores what can be scored in one call; None for samples that must be looked at as records."""
        count, width = len(completions), len(self.component_names)
        parts = completions if self.view != "structured" else tuple(
            _member(completion, "completions", place) for place, completion in enumerate(completions)
        )
        texts = Texts(parts)
        kinds: Optional[bytes] = None
        if set(map(type, truths)) != {str}:
            kinds = bytes(not isinstance(truth, (str, bytes)) for truth in truths)
            truths = tuple(
                _member(truth, "ground_truths", place) if kind else truth for place, (truth, kind) in enumerate(zip(truths, kinds))
            )
        expected = Texts(truths)
        handles, wrong, keep = self._tools_of(tools)
        scores = array("d", bytes(8 * count))
        components = array("d", bytes(8 * count * width))
        written, length = ctypes.c_void_p(), ctypes.c_size_t()
        call(
            library.toolreward_score_samples, self._handle, *texts.arguments, *expected.arguments, kinds,
            handles.buffer_info()[0] if handles else None, len(handles), count, threads, scores.buffer_info()[0],
            components.buffer_info()[0], count * width, ctypes.byref(written) if lines else None, ctypes.byref(length) if lines else None,
        )
        del keep
        result = BatchScores(scores.tolist(), components, self.component_names)
        if lines:
            result.lines = [line + "\n" for line in taken(written, length).decode().split("\n")[:-1]]
        _nan_to_none(result)
        for place in (*texts.wrong, *expected.wrong, *wrong):
            result[place] = None
        return result

    def _record(self, completion: Any, ground_truth: Any, tools: Any, line: int) -> str:
        """The line that the command writes for the record."""
        if isinstance(completion, bytes):
            completion = completion.decode("utf-8", "surrogateescape")
        elif not self._takes(completion):
            raise TypeError(_not_text(completion))
        if isinstance(ground_truth, bytes):
            ground_truth = ground_truth.decode("utf-8", "surrogateescape")
        record = f'{{"completion":{_member(completion, "completions")},"ground_truth":{_member(ground_truth, "ground_truths")}'
        if tools is not None:
            record += f',"tools":{_member(tools._given if isinstance(tools, Tools) else tools, "tools")}'
        text = (record + "}").encode("utf-8", "surrogatepass")
        return take(library.toolreward_score_records, self._handle, text, len(text), line).decode()

    def _verdict(self, line: str) -> Verdict:
        value = json.loads(line)
        return Verdict(
            _number(value["score"]), {name: _number(part) for name, part in value["components"].items()},
            [Finding(**finding) for finding in value["findings"]], value.get("error"), line,
        )

    # Tools

    def _tools_of(self, tools: Union[Tools, Tuple[Any, ...], None]) -> Tuple["array[int]", List[int], Any]:
        """The handles of a batch's tools, which samples' tools cannot be compiled, and what keeps the handles."""
        if tools is None or not self._uses_tools:
            return array("Q"), [], None
        if isinstance(tools, Tools):
            return array("Q", [tools._handle]), [], tools
        compiled: List[Optional[Tools]] = []
        wrong: List[int] = []
        last: Any = compiled  # nothing that a caller can have
        for place, own in enumerate(tools):
            # The completions of a group have the same object, one after the other.
            if own is not last:
                last, found = own, self._compiled(own, place)
            compiled.append(found)
            if found is None and own is not None:
                wrong.append(place)
        return array("Q", [own._handle if own is not None else 0 for own in compiled]), wrong, compiled

    def _compiled(self, tools: Any, place: int) -> Optional[Tools]:
        """The tools, remembered by their text; None if they are none, or cannot be compiled."""
        if tools is None or isinstance(tools, Tools):
            return tools
        text = _member(tools, "tools", place)
        memory, size = self._memory
        if text in memory:
            return memory[text]
        try:
            compiled: Optional[Tools] = Tools(text)
        except ToolRewardError:
            compiled = None
        if size[0] + len(text) > _REMEMBERED:
            self._memory = memory, size = {}, [0]
        size[0] += len(text)
        return memory.setdefault(text, compiled)


def _each(tools: Any, count: int) -> Tuple[Any, ...]:
    """Tools for each sample."""
    if isinstance(tools, (str, bytes, Mapping)):
        raise TypeError("tools must be a list with the tools of each sample; pass toolreward.Tools(…) where all share them")
    own = tuple(tools)
    if len(own) != count:
        raise ValueError(f"there are {count} completions and tools for {len(own)}; pass toolreward.Tools(…) where all share them")
    for place, item in enumerate(own):
        if isinstance(item, Mapping):
            raise TypeError(f"tools[{place}] is one definition, not a sample's list of them; pass toolreward.Tools(…) where all share them")
    return own


def _member(value: Any, name: str, place: Optional[int] = None) -> str:
    """The JSON of a record's member."""
    try:
        return _json(value)
    except (TypeError, ValueError, RecursionError) as error:
        where = name if place is None else f"{name}[{place}]"
        kind = ValueError if isinstance(error, RecursionError) else type(error)
        raise kind(f"{where} cannot be written as JSON: {error}") from None


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
    """What data frames, tables and configurations hold, as JSON's types."""
    for name in ("tolist", "as_py", "model_dump"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)  # OmegaConf's lists are no lists
    if isinstance(value, os.PathLike):
        return os.fspath(value)
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
