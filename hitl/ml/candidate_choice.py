"""Which candidate a version is made of, by what cross-validation saw of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hitl.ml.cross_validation import Trial
from hitl.ml.label_spreading import HARDLY
from hitl.ml.metrics import Metric

CLEAR_LEAD = 3.0
"""Standard errors; over five folds chance alone brings a lead like this in 2 of 100 comparisons (Student's t)."""
WORSE_GUESSES = 2.0
"""Standard errors by which guesses are worse, over the items, before they hardly count."""
TIE = 1.0
"""Standard errors within which candidates for tables are not told apart (docs/methods.md)."""


def best_trial(trials: Sequence[Trial], metric: Metric = Metric.ACCURACY) -> Trial:
    """The trial with the highest mean score; among equals the first, which is the simplest or the usual one.

    Where there is a pool, an estimator's first candidate that learns from it gives way to another of its own only where
    that leads by `CLEAR_LEAD` standard errors over the folds: the labels asked for are mostly doubtful items, on which
    candidates can hardly be told apart, and the highest mean picked worse ones (docs/methods.md). It also gives way to
    the one that hardly trusts the pool, where labels that were held out are told worse by what flows to them than by
    a model of labels alone.

    Where the metric is the accuracy and the best is compared by log loss, ties are settled by that (`_likeliest`).
    """
    best = max(trials, key=lambda trial: round(trial.score.mean, 12))
    if best.contestant.estimator.compared_by_log_loss and metric is Metric.ACCURACY:
        return _likeliest([trial for trial in trials if trial.contestant.estimator.compared_by_log_loss], best)
    own = [trial for trial in trials if trial.contestant.estimator is best.contestant.estimator]
    if own[0].contestant.neighbourhood is None or not own[0].parameters.get("unlabelled_weight"):
        return best
    kept = own[0] if _guesses_are_good(own) else _distrustful(own)
    return best if _is_clear(best.fold_scores - kept.fold_scores, CLEAR_LEAD) else kept


def _likeliest(trials: Sequence[Trial], best: Trial) -> Trial:
    """Among those that the folds can't tell from the best the usual one, or one with a clearly lower log loss.

    A few labels say little by right and wrong alone, and more by how likely each answer was held.
    """
    ties = [trial for trial in trials if trial is best or not _is_clear(best.fold_scores - trial.fold_scores, TIE)]
    likeliest = min(ties, key=lambda trial: float(trial.log_losses.mean()))
    usual = trials[0]
    is_kept = any(trial is usual for trial in ties) and not _is_clear(usual.log_losses - likeliest.log_losses, TIE)
    return usual if is_kept else likeliest


def _is_clear(lead: NDArray[np.float64], errors: float) -> bool:
    """Whether the mean of a lead is more than so many standard errors of it."""
    return bool(lead.mean() > errors * lead.std(ddof=1) / np.sqrt(len(lead)))


def _guesses_are_good(own: Sequence[Trial]) -> bool:
    """Whether guesses are not clearly worse than the best of those that learn from labels alone, item by item."""
    alone = [trial for trial in own if not trial.parameters.get("unlabelled_weight")]
    guessed = own[0].guess_is_right
    if not alone or guessed is None:
        return True
    lead = max(alone, key=lambda trial: trial.score.mean).is_right.astype(float) - guessed
    return not _is_clear(lead, WORSE_GUESSES)


def _distrustful(own: Sequence[Trial]) -> Trial:
    """The candidate like the first that hardly trusts the pool; the first where there is none."""
    wanted = {**own[0].parameters, "unlabelled_weight": HARDLY}
    return next((trial for trial in own if trial.parameters == wanted), own[0])
