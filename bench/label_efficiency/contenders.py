"""Those who compete: Tandem, and what a user would assemble from scikit-learn, modAL, scikit-activeml and small-text.

Each is asked for the next items and for answers to the test rows, having seen the labels of what it asked for alone.
"""

import warnings
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.label_efficiency.sets import Labelled
from hitl.domain.errors import NotEnoughLabels
from hitl.ml.class_words import ClassWords
from hitl.ml.fitted_model import FittedModel
from hitl.ml.item_space import place_items
from hitl.ml.prediction import predict_items
from hitl.ml.strategies.contract import Waiting
from hitl.ml.strategies.registry import strategy
from hitl.ml.training import TrainingResult, train_model

POOL_ITEMS = 4_000
LABELS_A_CLASS = 3
Rows = NDArray[np.int64]


class Contender(ABC):
    """One who competes on one set with one seed."""

    def __init__(self, labelled: Labelled, seed: int) -> None:
        self.set = labelled
        self.seed = seed
        self.rng = np.random.default_rng(seed)

    @abstractmethod
    def ask(self, known: Rows, count: int) -> Rows:
        """The next rows of the pool, given those whose labels are known, in the order asked."""

    @abstractmethod
    def learn(self, known: Rows) -> None:
        """Learn from the labels of these rows, which are of two classes at least."""

    @abstractmethod
    def answer(self) -> NDArray[np.int64]:
        """Classes of the test rows."""

    def left(self, known: Rows) -> Rows:
        """Rows that are not known."""
        return np.setdiff1d(np.arange(len(self.set.y)), known)

    def at_random(self, known: Rows, count: int) -> Rows:
        """Some of them."""
        return self.rng.choice(self.left(known), count, replace=False)


class Tandem(Contender):
    """The product's training and its default query strategy."""

    name = "tandem"
    strategy = "default"
    words: ClassWords | None = None

    def __init__(self, labelled: Labelled, seed: int) -> None:
        super().__init__(labelled, seed)
        self.space = place_items(labelled.pool, labelled.fields, seed=0)
        self.result: TrainingResult | None = None

    @property
    def model(self) -> FittedModel | None:
        """What the last training gave; None where there were too few labels."""
        return None if self.result is None else self.result.model

    def ask(self, known: Rows, count: int) -> Rows:
        rows, chosen = self.left(known), strategy(self.strategy)
        priority = novelty = np.zeros(len(rows))
        if self.model is not None:
            found = predict_items(self.model, self.set.pool.iloc[rows])
            priority, novelty = chosen.priority(found.proba, found.novelty, self.rng), found.novelty
        if chosen.head is None:
            return rows[np.argsort(priority, kind="stable")[:count]]
        waiting = Waiting(self.space[rows], priority, novelty, self.space[known], self.set.y[known])
        return rows[chosen.head(waiting, count, self.seed + len(known))]

    def learn(self, known: Rows) -> None:
        ordered, pool = np.sort(known), self.left(known)[:POOL_ITEMS]
        try:
            self.result = train_model(
                self.set.pool.iloc[ordered].reset_index(drop=True),
                self.set.y[ordered],
                fields=self.set.fields,
                seed=self.seed,
                tick=lambda share, what: None,  # noqa: ARG005
                pool=self.set.pool.iloc[pool],
                words=self.words,
            )
        except NotEnoughLabels:
            self.result = None

    def answer(self) -> NDArray[np.int64]:
        return predict_items(self.model, self.set.test).class_ids


class TandemWithWords(Tandem):
    """The same where the classes have the set's names for them, and with these the product's words."""

    name = "tandem, names of classes"

    def __init__(self, labelled: Labelled, seed: int) -> None:
        super().__init__(labelled, seed)
        self.words = labelled.words


class _Linear(Contender):
    """Logistic regression on the matrix."""

    settings: dict[str, Any]

    def learn(self, known: Rows) -> None:
        model = LogisticRegression(max_iter=1_000, **self.settings)
        self.model = model.fit(self.set.features[known], self.set.y[known])

    def answer(self) -> NDArray[np.int64]:
        return np.asarray(self.model.predict(self.set.test_features), dtype=np.int64)

    def by_margin(self, known: Rows, count: int) -> Rows:
        """The narrowest margins; at random before there is a model."""
        if not hasattr(self, "model"):
            return self.at_random(known, count)
        rows = self.left(known)
        top_two = np.sort(self.model.predict_proba(self.set.features[rows]), axis=1)[:, -2:]
        return rows[np.argsort(top_two[:, 1] - top_two[:, 0], kind="stable")[:count]]


BARE: dict[str, Any] = {}
TUNED = {"C": 10.0, "class_weight": "balanced"}


class RandomBare(_Linear):
    """scikit-learn as it comes, items at random."""

    name, settings = "random, bare scikit-learn", BARE

    def ask(self, known: Rows, count: int) -> Rows:
        return self.at_random(known, count)


class MarginBare(_Linear):
    """Margin sampling with scikit-learn as it comes."""

    name, settings = "margin, bare scikit-learn", BARE

    def ask(self, known: Rows, count: int) -> Rows:
        return self.by_margin(known, count)


class MarginTuned(_Linear):
    """Margin sampling with the head tuned by hand."""

    name, settings = "margin, tuned head", TUNED

    def ask(self, known: Rows, count: int) -> Rows:
        return self.by_margin(known, count)


class ModAL(_Linear):
    """modAL with its own defaults: least confident first."""

    name, settings = "modAL", BARE

    def ask(self, known: Rows, count: int) -> Rows:
        if not hasattr(self, "model"):
            return self.at_random(known, count)
        from modAL.uncertainty import uncertainty_sampling  # noqa: PLC0415  a development extra

        rows = self.left(known)
        found = uncertainty_sampling(self.model, self.set.features[rows], n_instances=count)
        return rows[np.asarray(found[0] if isinstance(found, tuple) else found)]


class SmallText(_Linear):
    """small-text's coverage by a light core set, then its breaking ties, with the head tuned by hand."""

    name, settings = "small-text, tuned head", TUNED

    def ask(self, known: Rows, count: int) -> Rows:
        from small_text import BreakingTies, lightweight_coreset  # noqa: PLC0415  a development extra

        rows = self.left(known)
        if not hasattr(self, "model"):
            np.random.seed(self.seed)
            return rows[lightweight_coreset(self.set.features[rows], self.set.features[rows].mean(axis=0), count)]
        proba = self.model.predict_proba(self.set.features[rows])
        scores = BreakingTies().get_confidence(_Answers(proba), None, np.arange(len(rows)), known, self.set.y[known])
        return rows[np.argsort(scores, kind="stable")[:count]]


class _Answers:
    """Probabilities as small-text asks a classifier for them."""

    def __init__(self, proba: NDArray[np.float64]) -> None:
        self._proba = proba

    def predict_proba(self, _dataset: Any) -> NDArray[np.float64]:
        return self._proba


class TypiClustBare(_Linear):
    """scikit-activeml's TypiClust all the way, scikit-learn as it comes."""

    name, settings = "TypiClust, bare scikit-learn", BARE

    def ask(self, known: Rows, count: int) -> Rows:
        return self.by_typiclust(known, count)

    def by_typiclust(self, known: Rows, count: int) -> Rows:
        """As scikit-activeml chooses."""
        from skactiveml.pool import TypiClust  # noqa: PLC0415  a development extra

        y = np.full(len(self.set.y), np.nan)
        y[known] = self.set.y[known]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = TypiClust(random_state=self.seed).query(self.set.features, y, batch_size=count)
        return np.asarray(found, dtype=np.int64)


class TypiClustMargin(TypiClustBare):
    """The best assembled from others: TypiClust until there are three labels a class, then margin, head tuned by hand.

    It is told how many classes there are, which Tandem is not.
    """

    name, settings = "TypiClust → margin, tuned head", TUNED

    def ask(self, known: Rows, count: int) -> Rows:
        if len(known) < LABELS_A_CLASS * len(np.unique(self.set.y)):
            return self.by_typiclust(known, count)
        return self.by_margin(known, count)


CONTENDERS: dict[str, type[Any]] = {
    one.name: one
    for one in (
        Tandem,
        TandemWithWords,
        RandomBare,
        MarginBare,
        MarginTuned,
        ModAL,
        SmallText,
        TypiClustBare,
        TypiClustMargin,
    )
}
