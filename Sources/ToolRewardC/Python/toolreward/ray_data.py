"""Ray Data: scores a data set that outgrows one machine. Each worker keeps its scorer.

    import ray
    from toolreward.ray_data import ScoreBatch

    rows = ray.data.read_json("rollouts/", file_extensions=["jsonl"])
    scored = rows.map_batches(ScoreBatch, fn_constructor_kwargs={"reward": "exact-match", "format": "hermes"},
                              batch_format="pyarrow", compute=ray.data.ActorPoolStrategy(size=8), num_cpus=1)
    scored.write_parquet("scored/")

Adds the columns "score" and one for each component, null where a sample cannot be judged or a part was not checked.
"""

from __future__ import annotations

from typing import Any, Optional

from .scorer import Scorer


class ScoreBatch:
    """A class for `map_batches`.

    Args:
        reward, format, view, leniencies, step, check_tools: as for Scorer.
        completion, ground_truth, tools: the columns. Ground truth and tools are best kept as JSON text: Arrow fills lists of objects up with
            nulls. Without a column of that name there are no tools.
        threads: as for Scorer.score_batch; 1, because Ray counts a worker as one.
    """

    def __init__(
        self, reward: Any = "tool-n1", format: Any = None, *, completion: str = "completion", ground_truth: str = "ground_truth",
        tools: Optional[str] = "tools", threads: int = 1, **options: Any,
    ) -> None:
        self._scorer = Scorer(reward, format, **options)
        self._columns = completion, ground_truth, tools
        self._threads = threads

    def __call__(self, batch: Any) -> Any:
        """Scores a pyarrow.Table."""
        import pyarrow

        completion, ground_truth, tools = self._columns
        scores = self._scorer.score_batch(
            batch.column(completion).to_pylist(), batch.column(ground_truth).to_pylist(),
            batch.column(tools).to_pylist() if tools in batch.column_names else None, threads=self._threads,
        )
        batch = batch.append_column("score", pyarrow.array(list(scores), pyarrow.float64()))
        for name, column in scores.components.items():
            batch = batch.append_column(name, pyarrow.array(column, pyarrow.float64()))
        return batch
