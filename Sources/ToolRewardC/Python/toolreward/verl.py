"""verl: `custom_reward_function.path` is this file, its `name` one of the functions.

    reward.custom_reward_function.path=$(python -c "import toolreward.verl; print(toolreward.verl.__file__)")
    reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.reward=exact-match
    +reward.custom_reward_function.reward_kwargs.format=hermes

compute_score and compute_score_async are called for each sample (managers naive, dapo, gdpo, …), compute_score_batch once a batch (the
older manager `batch`). The keyword arguments are a Scorer's options, and `unscorable`: what a sample is worth that cannot be judged;
without it such a sample raises, because verl has no way to leave one out. Every result has the same keys: "score", "acc" (the same), and
the components of the reward, NaN where a part was not checked.

`ground_truth` is the column reward_model.ground_truth: JSON text is best, because Arrow fills lists of objects up with nulls. Tools, where
the reward looks at them, are extra_info["tools"]: definitions, or JSON text of them.
"""

from __future__ import annotations

import difflib
from typing import Any, Dict, List, Mapping, Optional, Sequence

from toolreward._adapters import OPTIONS, number, parts, scorer
from toolreward.scorer import Scorer, Verdict


def compute_score(
    data_source: Any, solution_str: str, ground_truth: Any, extra_info: Optional[Mapping[str, Any]] = None, *,
    unscorable: Optional[float] = None, **options: Any,
) -> Dict[str, float]:
    """Scores one response. Other keyword arguments than a Scorer's options are ignored, because verl passes some of its own; one that is
    spelt nearly like an option is refused."""
    tools = (extra_info or {}).get("tools")
    return _result(_own(options).score(solution_str, ground_truth, tools), unscorable, data_source, extra_info)


async def compute_score_async(
    data_source: Any, solution_str: str, ground_truth: Any, extra_info: Optional[Mapping[str, Any]] = None, **options: Any
) -> Dict[str, float]:
    """The same for verl's event loop, which it holds up for microseconds only."""
    return compute_score(data_source, solution_str, ground_truth, extra_info, **options)


def compute_score_batch(
    data_sources: Sequence[Any], solution_strs: Sequence[str], ground_truths: Sequence[Any],
    extra_infos: Optional[Sequence[Optional[Mapping[str, Any]]]] = None, *,
    unscorable: Optional[float] = None, threads: int = 0, **options: Any,
) -> List[Dict[str, float]]:
    """Scores a batch in parallel."""
    own = _own(options)
    infos = list(extra_infos) if extra_infos is not None else [None] * len(solution_strs)
    tools: Any = [(info or {}).get("tools") for info in infos]
    if not any(tool is not None for tool in tools):
        tools = None
    scores = own.score_batch(list(solution_strs), list(ground_truths), tools, threads=threads)
    columns = scores.components
    results = []
    for place, score in enumerate(scores):
        if score is None:
            verdict = own.score(solution_strs[place], ground_truths[place], tools[place] if tools else None)
            results.append(_result(verdict, unscorable, data_sources[place], infos[place]))
        else:
            row = {name: column[place] for name, column in columns.items()}
            results.append(_result(Verdict(score, row, [], None, ""), unscorable, data_sources[place], infos[place]))
    return results


def _own(options: Mapping[str, Any]) -> Scorer:
    known = (*OPTIONS, "unscorable", "threads")
    for name in options:
        if name not in known and (meant := difflib.get_close_matches(name, known, 1)):
            raise TypeError(f"there is no reward_kwargs.{name}; did you mean {meant[0]}?")
    return scorer(**{name: value for name, value in options.items() if name in OPTIONS})


def _result(verdict: Verdict, unscorable: Optional[float], data_source: Any, extra_info: Any) -> Dict[str, float]:
    index = (extra_info or {}).get("index")
    place = f"the sample of {data_source}" + (f" with index {index}" if index is not None else "")
    score = number(verdict, unscorable, place)
    return {"score": score, "acc": score, **parts(verdict)}
