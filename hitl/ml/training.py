"""A model from labelled items: candidates compared, probabilities calibrated, novelty referenced."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hitl.domain.errors import NotEnoughLabels
from hitl.domain.fields import Field, learned_fields
from hitl.domain.language import _, ngettext
from hitl.ml.calibration import fit_calibration, routing_confidence, temper
from hitl.ml.candidate_choice import best_trial
from hitl.ml.class_words import NO_CLASSES, ClassWords
from hitl.ml.cross_validation import (
    N_FOLDS,
    CandidateScore,
    Contestant,
    Trial,
    enter_contestant,
    plan_exam,
    run_trials,
)
from hitl.ml.estimators.contract import Estimator, Features, Parameters
from hitl.ml.estimators.registry import suitable_estimators
from hitl.ml.estimators.tabular_boosting import TABULAR_BOOSTING
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR, scaled_columns
from hitl.ml.fitted_model import FittedModel
from hitl.ml.folds import shuffled_folds, stratified_rows
from hitl.ml.inputs import learnable_fields
from hitl.ml.label_spreading import HARDLY
from hitl.ml.metrics import Metric
from hitl.ml.novelty import MOST_REFERENCES, NoveltyModel, fit_novelty, out_of_fold_distances
from hitl.ml.recipes import WORDS, fit_pipeline, learns_from_words, with_words

FEWEST_LABELS = 10
MOST_SEARCH_ROWS = 3_000  # the best candidate on 3,000 labels was the best on all (decision 0003)

Tick = Callable[[float, str], None]


@dataclass(frozen=True)
class TrainingResult:
    """A model with the evidence cross-validation left, rows in the order of the inputs.

    Attributes
    ----------
    model : FittedModel
    oof_proba : ndarray of float64, shape (n_items, n_classes)
        Each item's probabilities from a model that did not see it; columns in the order of `model.class_ids`.
    oof_class_ids : ndarray of int64, shape (n_items,)
    oof_confidence : ndarray of float64, shape (n_items,), (0, 1)
    candidate_scores : tuple of CandidateScore
        All that were tried, in order.
    chosen : CandidateScore
    """

    model: FittedModel
    oof_proba: NDArray[np.float64]
    oof_class_ids: NDArray[np.int64]
    oof_confidence: NDArray[np.float64]
    candidate_scores: tuple[CandidateScore, ...]
    chosen: CandidateScore


def train_model(
    inputs: pd.DataFrame,
    class_ids: NDArray[np.int64],
    *,
    fields: Sequence[Field],
    seed: int,
    tick: Tick,
    metric: Metric = Metric.ACCURACY,
    class_names: Mapping[int, str] | None = None,
    pool: pd.DataFrame | None = None,
    words: ClassWords | None = None,
) -> TrainingResult:
    """The best candidate fitted on all items, calibrated on its own out-of-fold answers.

    The same inputs in the same order with the same seed give the same bits (one thread, whatever the machine has).

    Parameters
    ----------
    inputs : DataFrame, shape (n_items, n_learned_fields)
        From `prepare_inputs`.
    class_ids : ndarray of int64, shape (n_items,)
        The label of each item. Classes with a single item are normal.
    fields : sequence of Field
    seed : int
    tick : callable (share_done, what)
        Called after every fit with a share in [0, 1]; what it raises ends the training.
    metric : Metric
        What candidates are compared by.
    class_names : mapping of class id to name, optional
        For the message only.
    pool : DataFrame, shape (n_pool, n_learned_fields), optional
        From `prepare_inputs`: some of the items without a label; estimators that can learn from them too.
    words : ClassWords, optional
        Of all classes in use, whether they have a label or not; for estimators that learn from embeddings and a pool.

    Raises
    ------
    NotEnoughLabels
        Fewer than `FEWEST_LABELS` labels, only one class, or nothing filled to learn from.
    """
    _check_labels(class_ids, class_names or {})
    usable_fields = _usable_fields(inputs, fields)
    with threadpool_limits(limits=1):
        return _Training(inputs, class_ids, usable_fields, seed, metric, pool, words).run(tick)


@dataclass(frozen=True)
class _Training:
    inputs: pd.DataFrame
    y: NDArray[np.int64]
    fields: tuple[Field, ...]
    seed: int
    metric: Metric
    pool: pd.DataFrame | None
    words: ClassWords | None

    def run(self, tick: Tick) -> TrainingResult:
        contestants = self._contestants()
        advance = _counted(tick, N_FOLDS * (sum(len(one.candidates) for one in contestants) + 2) + 1)
        advance(_("reading the items"))
        search_rows = stratified_rows(self.y, MOST_SEARCH_ROWS, self.seed)
        search = plan_exam(self.y, search_rows, self.fields, self.seed, self.metric)
        trials = [trial for contestant in contestants for trial in run_trials(search, contestant, advance)]
        chosen = best_trial(trials, self.metric)
        full = chosen if len(search_rows) == len(self.y) else self._full_trial(chosen, advance)
        model = self._fit(full, advance)
        tick(1.0, _("trained"))
        return _result(model, full, trials, chosen)

    def _contestants(self) -> list[Contestant]:
        n_classes = len(np.union1d(self.y, NO_CLASSES if self.words is None else self.words.class_ids))
        entered = [
            (estimator, candidates)
            for estimator in suitable_estimators(self.fields)
            if (candidates := estimator.candidates(len(self.y), n_classes))
        ]
        return [
            contestant
            for estimator, candidates in entered
            for contestant in (*self._with_words(estimator, candidates), self._contestant(estimator, candidates))
        ]

    def _with_words(self, estimator: Estimator, candidates: tuple[Parameters, ...]) -> list[Contestant]:
        """The first candidate with the words of the classes beside the labels, and the same hardly trusting the pool.

        None where it can't learn from them.
        """
        first = candidates[0]
        if self.words is None or self.pool is None or self.pool.empty or not learns_from_words(estimator, first):
            return []
        worded = {**first, WORDS: 1.0}
        return [self._contestant(estimator, (worded, {**worded, "unlabelled_weight": HARDLY}))]

    def _contestant(self, estimator: Estimator, candidates: tuple[Parameters, ...]) -> Contestant:
        return enter_contestant(estimator, candidates, self.inputs, self.fields, pool=self.pool, words=self.words)

    def _full_trial(self, chosen: Trial, advance: Callable[[str], None]) -> Trial:
        exam = plan_exam(self.y, np.arange(len(self.y)), self.fields, self.seed, self.metric)
        return run_trials(exam, replace(chosen.contestant, candidates=(chosen.parameters,)), advance)[0]

    def _fit(self, trial: Trial, advance: Callable[[str], None]) -> FittedModel:
        estimator = trial.contestant.estimator
        fields = estimator.reads(self.fields)
        pipeline = estimator.build(fields, trial.parameters, self.seed)
        contestant = replace(trial.contestant, candidates=(trial.parameters,))
        rows, y = contestant.beside_words(np.arange(len(self.y)), self.y)
        inputs = with_words(estimator, self.inputs, self.words if len(y) > len(self.y) else None, self.fields)
        features = fit_pipeline(pipeline, trial.parameters, inputs, y, self.pool, contestant.guess(rows, y))
        return FittedModel(
            estimator=estimator.name,
            parameters=dict(trial.parameters),
            fields=fields,
            seed=self.seed,
            class_ids=trial.class_ids,
            labelled_ids=np.unique(self.y),
            pipeline=pipeline,
            calibration=fit_calibration(trial.log_proba, np.searchsorted(trial.class_ids, self.y)),
            novelty=self._fit_novelty(trial.contestant, features[: len(self.y)], advance),
        )

    def _fit_novelty(self, contestant: Contestant, features: Features, advance: Callable[[str], None]) -> NoveltyModel:
        columns, fold_features = None, contestant.fold_features
        if contestant.estimator is TABULAR_BOOSTING:  # codes of categories have no distances
            columns = scaled_columns(self.fields)
            features, fold_features = (
                columns.fit_transform(self.inputs),
                TABULAR_LINEAR.encode(self.inputs, self.fields),
            )
        rows = stratified_rows(self.y, MOST_REFERENCES, self.seed)
        folds = shuffled_folds(len(self.y), N_FOLDS, self.seed)
        blocks = []
        for block in out_of_fold_distances(fold_features, folds, self.y, rows, self.seed):
            blocks.append(block)
            advance(_("Learning which items are unusual"))
        return fit_novelty(columns, features, self.y, np.vstack(blocks), self.seed)


def _usable_fields(inputs: pd.DataFrame, fields: Sequence[Field]) -> tuple[Field, ...]:
    usable_fields = learnable_fields(inputs, fields)
    if usable_fields:
        return usable_fields
    names = ", ".join(f"'{field.name}'" for field in learned_fields(fields))
    if names and len(inputs):
        message = _(
            "Training needs a text, number, category or image column with values; every value of {names} is empty. "
            "Import items that have such a column."
        ).format(names=names)
    else:
        message = _(
            "Training needs a text, number, category or image column with values; there is none. Import items that "
            "have such a column."
        )
    raise NotEnoughLabels(message)


def _check_labels(class_ids: NDArray[np.int64], class_names: Mapping[int, str]) -> None:
    present = np.unique(class_ids)
    if len(class_ids) >= FEWEST_LABELS and len(present) >= 2:
        return
    count = len(class_ids)
    needed = _("Training needs at least {count} labels.").format(count=FEWEST_LABELS)
    if len(present) < 2:
        needed = _("Training needs labels of at least 2 classes.")
    found = ngettext("There is {count} label.", "There are {count} labels.", count).format(count=count)
    if not count:
        found = _("There are no labels.")
    if len(present) == 1:
        found = ngettext("There is {count} label, '{name}'.", "There are {count} labels, all '{name}'.", count).format(
            count=count, name=class_names.get(int(present[0]), str(present[0]))
        )
    raise NotEnoughLabels(f"{needed} {found} {_('Review a few more items of different classes, then train.')}")


def _counted(tick: Tick, total: int) -> Callable[[str], None]:
    done = 0

    def advance(what: str) -> None:
        nonlocal done
        done += 1
        tick(min(done / total, 1.0), what)

    return advance


def _result(model: FittedModel, full: Trial, trials: Sequence[Trial], chosen: Trial) -> TrainingResult:
    oof_proba = temper(full.log_proba, model.calibration.temperature)
    return TrainingResult(
        model=model,
        oof_proba=oof_proba,
        oof_class_ids=model.class_ids[oof_proba.argmax(axis=1)],
        oof_confidence=routing_confidence(oof_proba, model.calibration),
        candidate_scores=tuple(trial.score for trial in trials),
        chosen=chosen.score,
    )
