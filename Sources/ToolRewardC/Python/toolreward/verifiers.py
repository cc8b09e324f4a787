"""verifiers (and so prime-rl): a reward for tasks.

    import verifiers.v1 as vf
    from toolreward.verifiers import reward

    class Data(vf.TaskData):
        ground_truth: list
        tools: list | None = None

    class Task(vf.Task[Data]):
        tool_call = reward("exact-match", format="hermes", weight=1.0)

The model's messages are scored with their tool_calls, reasoning and text. What cannot be judged raises: verifiers then shows the reward
as not scored, which it does not take for 0.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from ._adapters import number, scorer


def messages(trace: Any) -> List[Dict[str, Any]]:
    """The model's messages of a trace, as Scorer takes them under the view "structured"."""
    return [
        {
            "role": "assistant",
            "content": message.content,
            "reasoning_content": message.reasoning_content,
            "tool_calls": [{"function": {"name": call.name, "arguments": call.arguments}} for call in message.tool_calls or []] or None,
        }
        for message in trace.assistant_messages
    ]


def reward(
    reward: Any = "tool-n1", format: Any = None, *, weight: float = 1.0, priority: int = 0, ground_truth: str = "ground_truth",
    tools: str = "tools", unscorable: Optional[float] = None, name: Optional[str] = None, **options: Any,
) -> Any:
    """A task's reward: assign it to an attribute in the body of the task's class.

    Args:
        reward, format, leniencies, step, check_tools: as for Scorer.
        weight, priority: as for vf.reward.
        ground_truth, tools: the fields of the task's data.
        unscorable: what a sample is worth that cannot be judged; None raises.
        name: the reward's key in the trace; the attribute's name by default.
    """
    import verifiers.v1 as vf

    options = {"reward": reward, "format": format, "view": "structured", **options}
    scorer(**options)

    def named(name: str) -> Any:
        async def tool_call(self: Any, trace: Any) -> float:
            own = scorer(**options)
            verdict = own.score(messages(trace), getattr(self.data, ground_truth), getattr(self.data, tools, None))
            return number(verdict, unscorable)

        tool_call.__name__ = name
        return vf.reward(tool_call, weight=weight, priority=priority)

    return named(name) if name else _Unnamed(named)


class _Unnamed:
    """Becomes a reward of its attribute's name: of several with one name verifiers would keep the last alone."""

    def __init__(self, named: Callable[[str], Any]) -> None:
        self._named = named

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, name, self._named(name))
