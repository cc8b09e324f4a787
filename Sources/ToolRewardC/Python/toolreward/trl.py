"""TRL: a reward function for GRPOTrainer, RLOOTrainer and their relatives.

    from toolreward.trl import RewardFunction
    trainer = GRPOTrainer(..., reward_funcs=RewardFunction("exact-match", format="hermes"))

The data set's column `ground_truth` holds what is right, JSON text or a list of calls; `tools`, if there is such a column, the definitions.
Completions are scored as text, and as messages where the trainer has taken the calls out of the text (`tool_calls`): with tools of its own
TRL does, and the text alone would show none. A sample whose ground truth is None, or that cannot be judged, is worth None: TRL leaves it
out, and does not take it for 0.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ._adapters import is_structured
from .scorer import Scorer


class RewardFunction:
    """A reward function that can be pickled: it goes to spawned processes whole.

    Args:
        reward, format, view, leniencies, step, check_tools: as for Scorer; the view is that of completions that are text.
        ground_truth: the column with the ground truth.
        tools: the column with the tools; samples without it have none.
        name: what TRL logs the reward as; the reward's name by default.
        log_findings: whether each completion's findings go to the table of completions (`log_extra`).
        threads: as for Scorer.score_batch.
    """

    def __init__(
        self, reward: Any = "tool-n1", format: Any = None, *, view: str = "response", leniencies: Sequence[str] = (), step: int = 0,
        check_tools: bool = False, ground_truth: str = "ground_truth", tools: str = "tools", name: Optional[str] = None,
        log_findings: bool = False, threads: int = 0,
    ) -> None:
        more: Dict[str, Any] = {"leniencies": leniencies, "step": step, "check_tools": check_tools}
        self._text = Scorer(reward, format, view=view, **more)
        self._messages = Scorer(reward, format, view="structured", **more)
        self._columns = ground_truth, tools
        self._log_findings = log_findings
        self._threads = threads
        self.__name__ = name or self._text.reward.replace("-", "_")

    def __call__(
        self, prompts: Optional[Sequence[Any]] = None, completions: Sequence[Any] = (), completion_ids: Any = None, *,
        log_metric: Optional[Callable[[str, float], None]] = None, log_extra: Optional[Callable[[str, List[Any]], None]] = None,
        **columns: Any,
    ) -> List[Optional[float]]:
        """The scores of a batch, as TRL calls for them."""
        truth_name, tools_name = self._columns
        if truth_name not in columns:
            raise KeyError(f"the data set has no column {truth_name!r}; name the one with the ground truth: ground_truth=…")
        truths, tools = columns[truth_name], columns.get(tools_name)
        for name, column in ((truth_name, truths), (tools_name, tools)):
            if column is not None and len(column) != len(completions):
                raise ValueError(f"there are {len(completions)} completions, but the column {name!r} has {len(column)} rows")
        scores: List[Optional[float]] = [None] * len(completions)
        components: Dict[str, List[Optional[float]]] = {name: [None] * len(completions) for name in self._text.component_names}
        findings: List[str] = [""] * len(completions)
        for scorer, takes_messages in ((self._text, False), (self._messages, True)):
            places = [
                place for place, completion in enumerate(completions)
                if truths[place] is not None and (not isinstance(completion, str) and is_structured(completion)) is takes_messages
            ]
            if not places:
                continue
            texts = [completions[place] for place in places]
            if not takes_messages:
                texts = [text if isinstance(text, str) else _content(text) for text in texts]
            batch = scorer.score_batch(
                texts, [truths[place] for place in places], [tools[place] for place in places] if tools is not None else None,
                threads=self._threads, lines=self._log_findings and log_extra is not None,
            )
            for position, place in enumerate(places):
                scores[place] = batch[position]
                if batch.lines is not None:
                    findings[place] = batch.lines[position].rstrip("\n")
            for name, column in batch.components.items():
                for position, place in enumerate(places):
                    components[name][place] = column[position]
        if log_metric is not None:
            for name, column in components.items():
                checked = [part for part in column if part is not None]
                if checked:
                    log_metric(f"{self.__name__}/{name}", sum(checked) / len(checked))
        if self._log_findings and log_extra is not None:
            log_extra(f"{self.__name__}_verdict", findings)
        return scores


def _content(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of the one assistant message."""
    return next(str(message["content"]) for message in messages if message.get("role", "assistant") == "assistant")


def tool_n1(**arguments: Any) -> List[Optional[float]]:
    """The reward Tool-N1 was trained with, as a plain function: `reward_funcs=toolreward.trl.tool_n1`."""
    global _tool_n1
    if _tool_n1 is None:
        _tool_n1 = RewardFunction()
    return _tool_n1(**arguments)


_tool_n1: Optional[RewardFunction] = None
