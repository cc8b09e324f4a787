"""Says whether a language model's tool call is right.

    import toolreward

    scorer = toolreward.Scorer(reward="tool-n1")
    scorer.score(completion, ground_truth).score          # 1.0, 0.0, or None if it cannot be judged
    scorer.score_batch(completions, ground_truths)        # a list of scores, in parallel, without the GIL

Adapters for training engines are modules of their own: toolreward.verl, .trl, .openrlhf, .slime, .verifiers, .ray_data.
"""

from .scorer import BatchScores, Finding, Scorer, ToolRewardError, Tools, Unscorable, Verdict, library_version

__version__ = "0.1.0"
__all__ = ["BatchScores", "Finding", "Scorer", "ToolRewardError", "Tools", "Unscorable", "Verdict", "library_version", "__version__"]
