"""The loop of decisions and trainings with a reviewer who errs, with or without second looks, without a database."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bench.fallible.reviewers import Reviewer
from bench.label_efficiency.contenders import Tandem
from bench.label_efficiency.sets import Labelled
from hitl.domain.second_look import FEWEST_LABELS, SecondLookRule
from hitl.loop.second_look import ROUNDING
from hitl.ml.second_look import correct, doubts, least_likely_rows, self_confidence

BUDGET, BATCH = 600, 20
FOUND_FROM = 100
LAST_TRAININGS, SETTLED = 3, 120

Rows = NDArray[np.int64]


@dataclass
class SecondLooks:
    """What the rule sends back, and what came of it: `hitl.loop.second_look` without its database."""

    rule: SecondLookRule
    waiting: list[tuple[int, float]] = field(default_factory=list)
    final: set[int] = field(default_factory=set)
    found: list[tuple[float, bool]] = field(default_factory=list)
    begun_at: int = 0

    def judge(self, tandem: Tandem, known: Rows, decisions: int) -> None:
        """Send back what the training just made finds likely wrong, as far as the rule allows."""
        earned = int(self.rule.share * (decisions - self.begun_at) + ROUNDING)
        limit = min(self.rule.at_once - len(self.waiting), earned)
        if tandem.result is None or len(known) < FEWEST_LABELS or limit < 1:
            return
        ordered, class_ids = np.sort(known), tandem.result.model.class_ids
        columns = np.searchsorted(class_ids, tandem.set.y[ordered])
        confidences = self_confidence(tandem.result.oof_proba, columns)
        order = least_likely_rows(confidences, columns, len(known))
        places = [place for place in order.tolist() if ordered[place] not in self.final][:limit]
        alone = doubts(confidences[places], class_count=len(np.unique(columns)))
        latest = self.found[-FOUND_FROM:]
        factor = correct(expected=sum(one for one, _ in latest), found=sum(one for _, one in latest)).factor
        count = int(np.count_nonzero(np.minimum(factor * alone, 1.0) >= self.rule.bar))
        if count:
            chosen = [int(row) for row in ordered[places[:count]]]
            self.waiting += zip(chosen, alone[:count].tolist(), strict=True)
            self.final.update(chosen)
            self.begun_at = decisions

    def look(self, tandem: Tandem, reviewer: Reviewer, most: int) -> int:
        """The first that wait are answered again; how many."""
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        rows = np.array([row for row, _doubt in taken], dtype=np.int64)
        answers = reviewer.answer(rows)
        changed = (answers != tandem.set.y[rows]).tolist()
        self.found += [(doubt, one) for (_row, doubt), one in zip(taken, changed, strict=True)]
        tandem.set.y[rows] = answers
        return len(taken)


@dataclass(frozen=True)
class Run:
    """A curve, and what became of the labels.

    Attributes
    ----------
    curve : list of (decisions, accuracy)
    looks, wrong_looked_at, wrong : int
        Second looks, how many of these labels were wrong, how many are wrong at the end.
    """

    curve: list[tuple[int, float]]
    looks: int
    wrong_looked_at: int
    wrong: int

    @property
    def end(self) -> float:
        """Accuracy in points, of the last trainings."""
        return 100.0 * float(np.mean([accuracy for _decisions, accuracy in self.curve[-LAST_TRAININGS:]]))

    @property
    def mean(self) -> float:
        """Accuracy in points, along the way."""
        return 100.0 * float(np.mean([accuracy for decisions, accuracy in self.curve if decisions >= SETTLED]))


def run(truth: Labelled, reviewer: Reviewer, rule: SecondLookRule, seed: int) -> Run:
    """The loop until the decisions are used up, by this reviewer's answers."""
    answered = replace(truth, y=truth.y.copy())
    tandem, again = Tandem(answered, seed), SecondLooks(rule)
    known, curve, wrong_looked_at = np.empty(0, dtype=np.int64), [], 0
    for decisions in range(BATCH, BUDGET + 1, BATCH):
        before = [row for row, _doubt in again.waiting[:BATCH]]
        wrong_looked_at += int((answered.y[before] != truth.y[before]).sum())
        looked = again.look(tandem, reviewer, BATCH)
        if looked < BATCH:
            asked = np.asarray(tandem.ask(known, BATCH - looked), dtype=np.int64)
            answered.y[asked] = reviewer.answer(asked)
            known = np.concatenate([known, asked])
        if len(np.unique(answered.y[known])) < 2:
            continue
        tandem.learn(known)
        if tandem.result is not None:
            curve.append((decisions, float(np.mean(tandem.answer() == truth.test_y))))
        again.judge(tandem, known, decisions)
    wrong = int((answered.y[known] != truth.y[known]).sum())
    return Run(curve, len(again.found), wrong_looked_at, wrong)
