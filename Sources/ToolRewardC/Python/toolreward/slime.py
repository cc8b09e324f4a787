"""slime: `--custom-rm-path toolreward.slime.custom_rm`, with `--group-rm` `toolreward.slime.custom_group_rm`; or functions of your own:

    from toolreward.slime import make_custom_rm
    custom_rm = make_custom_rm("exact-match", format="hermes")

A sample's label is the ground truth, or {"ground_truth": …, "tools": …}; metadata["tools"] may hold the tools as well. The result has
"score" and the reward's components: choose with `--reward-key score`. A generate function of your own may make several samples of one:
slime then passes their list, without `--group-rm` too, and the result is a list.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, List, Optional

from ._adapters import labelled, number, parts, scorer


def make_custom_rm(
    reward: Any = "tool-n1", format: Any = None, *, unscorable: Optional[float] = None, **options: Any
) -> Callable[..., Awaitable[Any]]:
    """A function for one sample, or a list of samples.

    Args:
        reward, format, view, leniencies, step, check_tools: as for Scorer.
        unscorable: what a sample is worth that cannot be judged; None raises.
    """
    options = {"reward": reward, "format": format, **options}
    scorer(**options)

    def one(sample: Any) -> Dict[str, float]:
        truth, tools = labelled(sample.label)
        if tools is None and isinstance(sample.metadata, dict):
            tools = sample.metadata.get("tools")
        verdict = scorer(**options).score(sample.response, truth, tools)
        return {"score": number(verdict, unscorable), **parts(verdict)}

    async def custom_rm(args: Any, sample: Any, **_: Any) -> Any:
        return [one(own) for own in sample] if isinstance(sample, list) else one(sample)

    return custom_rm


def make_custom_group_rm(*arguments: Any, **options: Any) -> Callable[..., Awaitable[List[Dict[str, float]]]]:
    """A function for a group of samples: `--group-rm`. Arguments as for make_custom_rm."""
    return make_custom_rm(*arguments, **options)


async def custom_rm(args: Any, sample: Any, **more: Any) -> Any:
    """The reward Tool-N1 was trained with."""
    return await make_custom_rm()(args, sample, **more)


async def custom_group_rm(args: Any, samples: List[Any], **more: Any) -> List[Dict[str, float]]:
    """The reward Tool-N1 was trained with, for a group."""
    return await make_custom_group_rm()(args, samples, **more)
