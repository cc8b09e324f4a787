"""What the adapters share."""

from __future__ import annotations

import functools
import json
import math
from typing import Any, Dict, Mapping, Optional, Tuple

from .scorer import Scorer, Unscorable, Verdict, _json

OPTIONS = ("reward", "format", "view", "leniencies", "step", "check_tools")
"""The names of a Scorer's options."""


@functools.lru_cache(maxsize=64)
def _scorer(options: str) -> Scorer:
    return Scorer(**json.loads(options))


def scorer(**options: Any) -> Scorer:
    """The scorer of these options, made once a process."""
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"a scorer has no option {name!r}; its options are {', '.join(OPTIONS)}")
    given = {name: value for name, value in options.items() if value is not None}
    return _scorer(_json(dict(sorted(given.items()))))


def number(verdict: Verdict, unscorable: Optional[float], what: str = "a sample") -> float:
    """The score; `unscorable` where there is none, or an exception if that is None too."""
    if verdict.score is not None:
        return verdict.score
    if unscorable is not None:
        return float(unscorable)
    reason = verdict.error["message"] if verdict.error else next((finding.message for finding in verdict.findings), "")
    raise Unscorable(
        f"{what} cannot be judged, which is not a score of 0: {reason}. Find such samples before training with "
        "`toolreward score`, or say what they are worth with unscorable=<number>"
    )


def parts(verdict: Verdict) -> Dict[str, float]:
    """The components as numbers: NaN where a part was not checked."""
    return {name: math.nan if part is None else part for name, part in verdict.components.items()}


def labelled(label: Any) -> Tuple[Any, Any]:
    """The ground truth and the tools of a label: {"ground_truth", "tools"?} as an object or as JSON text, or the ground truth alone."""
    value = label
    if isinstance(label, str):
        try:
            value = json.loads(label)
        except ValueError:
            return label, None
    if isinstance(value, Mapping) and "ground_truth" in value:
        return value["ground_truth"], value.get("tools")
    return label, None


def is_structured(completion: Any) -> bool:
    """Whether messages have calls or reasoning beside their content, so that their text alone is not what the model wrote."""
    own = [message for message in completion if message.get("role", "assistant") == "assistant"]
    return len(own) != 1 or not isinstance(own[0].get("content"), str) or any(
        own[0].get(name) for name in ("tool_calls", "reasoning_content", "reasoning", "thinking")
    )
