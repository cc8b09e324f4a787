"""OpenRLHF: `--reward.remote_url` is this file, or one of your own that says what reward:

    from toolreward.openrlhf import make_reward_func
    reward_func = make_reward_func("exact-match", format="hermes")

A label is the ground truth as JSON text, or {"ground_truth": …, "tools": …} as JSON text. OpenRLHF passes prompt and response in one text:
what follows the prompt is judged. A prompt too long OpenRLHF cuts from the left, but passes whole: the part that the text begins with is
found. Where the text has nothing of its prompt, what follows the format's last assistant marker is judged; without one nothing can be.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from toolreward._adapters import labelled, number, parts, scorer
from toolreward.scorer import Verdict


def make_reward_func(
    reward: Any = "tool-n1", format: Any = None, *, view: str = "response", unscorable: Optional[float] = None, **options: Any
) -> Callable[..., Dict[str, Any]]:
    """A reward function.

    Args:
        reward, format, view, leniencies, step, check_tools: as for Scorer; the view is that of what follows the prompt.
        unscorable: what a sample is worth that cannot be judged; None raises. OpenRLHF logs why and leaves the sample without a reward,
            and training then ends, with an error that does not say so.
    """
    options = {"reward": reward, "format": format, **options}
    scorer(view=view, **options)  # A mistake here is seen; in the reward function OpenRLHF would only log it.

    def reward_func(queries: List[str], prompts: List[str], labels: List[Any], **_: Any) -> Dict[str, Any]:
        import torch

        scores, components = [], []
        for query, prompt, label in zip(queries, prompts, labels):
            start = _response_start(query, prompt)
            own = scorer(view=view if start is not None else "conversation", **options)
            if start is None and not any(marker in query for marker in own.assistant_markers):
                verdict = Verdict(None, dict.fromkeys(own.component_names), [], {"message": _NO_RESPONSE}, "")
            else:
                verdict = own.score(query[start or 0 :], *labelled(label))
            scores.append(number(verdict, unscorable))
            components.append(parts(verdict))
        rewards = torch.tensor(scores, dtype=torch.float32)
        logs = {name: torch.tensor([row[name] for row in components], dtype=torch.float32) for name in (components[0] if components else ())}
        # Dynamic filtering asks for scores between 0 and 1; graded rewards go beyond.
        return {"rewards": rewards, "scores": rewards.clamp(0, 1), "extra_logs": logs}

    return reward_func


_NO_RESPONSE = "the text neither begins with its prompt, or the end of it, nor has an assistant marker of the format"


def _response_start(query: str, prompt: str) -> Optional[int]:
    """Where the response begins: behind the prompt, or behind as much of its end as the text begins with; None if that is nothing."""
    if not prompt:
        return None
    if query.startswith(prompt):
        return len(prompt)
    # The longest end of the prompt that the text begins with, but for a few characters that may stand there by chance.
    beginning = query[:32]
    place = prompt.find(beginning) if len(beginning) == 32 else -1
    while place >= 0:
        if query.startswith(prompt[place:]):
            return len(prompt) - place
        place = prompt.find(beginning, place + 1)
    return None


def reward_func(queries: List[str], prompts: List[str], labels: List[Any], **more: Any) -> Dict[str, Any]:
    """The reward Tool-N1 was trained with."""
    return make_reward_func()(queries, prompts, labels, **more)
