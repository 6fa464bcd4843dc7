"""The whole loop on a labelled file, with a simulated reviewer: what each decision buys.

    split off the test rows → throw-away project of the rest, without labels → its texts encoded
    repeat: claim a batch → decide → snapshot → train → second look → measure on the test rows → predict → promote

The test rows never enter the project. The labels of the rest are known to the simulated reviewer alone.
"""

import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.artifacts import read_artifact
from hitl.adapters.encoders.registry import default_encoder, named_encoder
from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.image_folder import FOLDER as IMAGES
from hitl.adapters.text_embeddings import fill_embeddings
from hitl.domain.errors import BadInput, NotEnoughLabels
from hitl.domain.fields import Field, embedded_fields, learned_fields
from hitl.domain.language import _
from hitl.domain.people import SIMULATED_REVIEWER, SYSTEM
from hitl.domain.rows import Row
from hitl.loop.encode import choose_encoder, encode_items
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.order import order_queue
from hitl.loop.predict import predict_version
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.review import claim, decide
from hitl.loop.route import finish_routing, set_policy
from hitl.loop.second_look import look_again
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import open_project, project_folder
from hitl.store.items import read_items
from hitl.store.projects import active_classes
from hitl.store.versions import read_version

if TYPE_CHECKING:
    import pandas as pd

TEST_SHARE = 0.25
TEST_LIMIT = 1_500
SPLIT_SEED = 0
THRESHOLD = 1.0  # no confidence reaches it: everything is asked, so the queue lasts as long as there are rows
LEASE_SECONDS = 3_600
_SLUG = "simulation"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DIGEST = "0" * 64
_FIRST_ROW = 2

Records = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Study:
    """What is simulated.

    Attributes
    ----------
    fields : tuple of Field
        The columns that the project has; none of them is the label.
    pool, test : sequence of mapping
        Rows as text by column; the order of the pool settles who is asked first.
    pool_labels, test_labels : sequence of str
        None of them empty.
    budget, batch : int
        Decisions in all, and between two trainings.
    strategy : str
        The query strategy that orders the queue.
    seed : int
        Of the training and of the reviewer's errors.
    reviewer_error : float, [0, 1)
        Share of decisions in which the reviewer picks one of the other classes.
    images : Path, optional
        The folder in which the images are kept that the rows refer to.
    second_look : bool
        Whether labels that a version doubts are asked again, by the usual rule; they are decisions of the budget.
    encodes_texts : bool
        Whether models may learn from what texts mean, besides their words.
    encoder : str
        The name of the encoder that reads them.
    """

    fields: tuple[Field, ...]
    pool: Records
    pool_labels: Sequence[str]
    test: Records
    test_labels: Sequence[str]
    budget: int
    batch: int
    strategy: str
    seed: int
    reviewer_error: float
    images: Path | None = None
    second_look: bool = False
    encodes_texts: bool = True
    encoder: str = field(default_factory=lambda: default_encoder().name)


@dataclass(frozen=True)
class Point:
    """The loop after so many decisions.

    Attributes
    ----------
    decisions : int
    test_accuracy, test_macro_f1 : float or None
        None while there are too few labels to train on.
    select_seconds : float
        Predicting the pool, bringing the version into use and claiming the batch that led here.
    train_seconds : float
        Snapshot and training; 0 where there was none.
    second_looks, wrong_looked_at : int
        Of the decisions those on labels that were sent back, and how many of these labels were wrong.
    wrong_labels : int
        Labels that are wrong as they stand.
    """

    decisions: int
    test_accuracy: float | None
    test_macro_f1: float | None
    select_seconds: float
    train_seconds: float
    second_looks: int = 0
    wrong_looked_at: int = 0
    wrong_labels: int = 0


@dataclass(frozen=True)
class Scores:
    """A model on the test rows."""

    accuracy: float
    macro_f1: float


def split_rows(labels: Sequence[str]) -> tuple[list[int], list[int]]:
    """Pool and test rows: a quarter, at most 1,500, with the classes' shares, fixed by seed 0.

    >>> pool, test = split_rows(["a", "b"] * 20)
    >>> len(pool), len(test)
    (30, 10)
    """
    from hitl.ml.folds import stratified_rows  # noqa: PLC0415  scikit-learn is loaded where it is used

    codes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1].astype(np.int64)
    size = min(round(TEST_SHARE * len(labels)), TEST_LIMIT)
    test = stratified_rows(codes, size, SPLIT_SEED).tolist()
    held = set(test)
    return [row for row in range(len(labels)) if row not in held], test


def run_study(data_dir: Path, study: Study, *, tell: Callable[[Point], None] = lambda point: None) -> list[Point]:  # noqa: ARG005
    """The curve, a point a batch; the project is made in the data folder given and left there.

    Raises
    ------
    BadInput
        A number is out of range, or there are fewer than two classes.
    NotFound
        There is no such query strategy.
    """
    _check(study)
    _make_project(data_dir, study)
    if study.images is not None:
        shutil.copytree(study.images / IMAGES, project_folder(data_dir, _SLUG) / IMAGES)
    db = open_project(data_dir, _SLUG)
    try:
        if study.encodes_texts:
            choose_encoder(db, name=study.encoder, actor=SYSTEM, now=_START)
            encode_items(db, project_folder(data_dir, _SLUG), now=_START)
        return _Loop(db, data_dir, study, tell).run()
    finally:
        db.conn.close()


def train_on_everything(data_dir: Path, study: Study) -> Scores:
    """The same training on all labels of the pool, for comparison: what the curve of that data folder can reach."""
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415
    from hitl.ml.training import train_model  # noqa: PLC0415

    names = sorted({*study.pool_labels, *study.test_labels})
    codes = {name: number for number, name in enumerate(names)}
    fields = learned_fields(study.fields)
    if study.encodes_texts:
        fields += embedded_fields(fields, named_encoder(study.encoder).recipe)
    inputs = prepare_inputs(_values(study, study.pool, fields, project_folder(data_dir, _SLUG)), fields)
    y = np.array([codes[label] for label in study.pool_labels], dtype=np.int64)
    result = train_model(inputs, y, fields=fields, seed=study.seed, tick=lambda _share, _what: None)
    return _score(result.model, study, codes, data_dir)


class _Loop:
    """The loop's state between batches; every verb is called at a moment of its own."""

    def __init__(self, db: Database, data_dir: Path, study: Study, tell: Callable[[Point], None]) -> None:
        self.db = db
        self.data_dir = data_dir
        self.folder = project_folder(data_dir, _SLUG)
        self.study = study
        self.tell = tell
        self.moment = _START
        self.requests = 0
        self.class_ids = {label_class.name: label_class.id for label_class in active_classes(db)}
        self.rng = random.Random(study.seed)  # noqa: S311  errors of a simulated reviewer
        self.is_right: dict[int, bool] = {}
        self.second_looks = self.wrong_looked_at = 0

    def run(self) -> list[Point]:
        """All points, until the budget or the queue is used up."""
        points: list[Point] = []
        decisions, version_id = 0, None
        while decisions < self.study.budget:
            begin = time.perf_counter()
            self._bring_into_use(version_id)
            order_queue(self.db, self.folder, count=self.study.batch)
            wanted = min(self.study.batch, self.study.budget - decisions)
            item_ids = self._claim(wanted)
            selected = time.perf_counter()
            if not item_ids:
                break
            self._decide(item_ids)
            decisions += len(item_ids)
            decided = time.perf_counter()
            version_id = self._train()
            trained = time.perf_counter()
            points.append(self._measure(decisions, version_id, selected - begin, trained - decided))
            self.tell(points[-1])
        return points

    def _bring_into_use(self, version_id: int | None) -> None:
        if version_id is None:
            return
        predict_version(self.db, self.folder, version_id=version_id, now=self._now())
        promote(
            self.db,
            version_id=version_id,
            reason="Simulated",
            request_id=self._request(),
            actor=SIMULATED_REVIEWER,
            now=self._now(),
        )

    def _claim(self, count: int) -> list[tuple[int, int]]:
        leases = claim(self.db, actor=SIMULATED_REVIEWER, count=count, now=self._now())
        return [(lease.id, lease.item_id) for lease in leases]

    def _decide(self, batch: list[tuple[int, int]]) -> None:
        rows = {item["id"]: item["external_id"] for item in read_items(self.db, [item_id for _, item_id in batch])}
        for assignment_id, item_id in batch:
            decide(
                self.db,
                actor=SIMULATED_REVIEWER,
                request_id=self._request(),
                item_id=item_id,
                class_id=self._answer(item_id, int(rows[item_id].rsplit("-", 1)[1])),
                assignment_id=assignment_id,
                now=self._now(),
            )

    def _answer(self, item_id: int, row_number: int) -> int:
        """The reviewer's answer; on an item asked again as likely wrong as on any."""
        if item_id in self.is_right:
            self.second_looks += 1
            self.wrong_looked_at += not self.is_right[item_id]
        truth = self.study.pool_labels[row_number - _FIRST_ROW]
        self.is_right[item_id] = self.rng.random() >= self.study.reviewer_error
        if self.is_right[item_id]:
            return self.class_ids[truth]
        return self.rng.choice([class_id for name, class_id in self.class_ids.items() if name != truth])

    def _train(self) -> int | None:
        try:
            snapshot = take_snapshot(self.db, request_id=self._request(), actor=SIMULATED_REVIEWER, now=self._now())
        except NotEnoughLabels:
            return None
        version_id = train_version(
            self.db,
            self.folder,
            snapshot_id=snapshot.id,
            seed=self.study.seed,
            request_id=self._request(),
            actor=SIMULATED_REVIEWER,
            now=self._now(),
        )
        if self.study.second_look:
            look_again(self.db, version_id=version_id, now=self._now())
        return version_id

    def _measure(self, decisions: int, version_id: int | None, select_seconds: float, train_seconds: float) -> Point:
        looks = (self.second_looks, self.wrong_looked_at, sum(not right for right in self.is_right.values()))
        if version_id is None:
            return Point(decisions, None, None, select_seconds, 0.0, *looks)
        from hitl.ml.model_files import load_model  # noqa: PLC0415

        sha256 = read_version(self.db, version_id).artifact_sha256 or ""
        model = load_model(read_artifact(self.folder / "artifacts", sha256))
        scores = _score(model, self.study, self.class_ids, self.data_dir)
        return Point(decisions, scores.accuracy, scores.macro_f1, select_seconds, train_seconds, *looks)

    def _now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def _request(self) -> str:
        self.requests += 1
        return f"simulated-{self.requests}"


def _values(study: Study, rows: Records, fields: Sequence[Field], folder: Path) -> "pd.DataFrame":
    """The rows with features in place of their images, and embeddings of their texts, which the folder keeps."""
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415

    values: Sequence[Mapping[str, Any]] = fill_embeddings(folder, fields)(rows)
    if study.images is not None:
        features = ImageFeatures(study.images, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
        values = features.fill(values, fields)
    return pd.DataFrame(list(values))


def _check(study: Study) -> None:
    from hitl.ml.strategies.registry import strategy  # noqa: PLC0415

    if study.budget < 1 or study.batch < 1:
        raise BadInput(_("Budget and batch are at least 1 decision."))
    if not 0 <= study.reviewer_error < 1:
        raise BadInput(
            _("The reviewer's error is a share from 0 to below 1; found {found}.").format(found=study.reviewer_error)
        )
    strategy(study.strategy)
    if len(set(study.pool_labels)) < 2:
        raise BadInput(_("The label column holds fewer than two classes. Name the column with the right answers."))


def _make_project(data_dir: Path, study: Study) -> None:
    create_project(
        data_dir,
        slug=_SLUG,
        name="Simulation",
        fields=study.fields,
        class_names=sorted({*study.pool_labels}),
        audit_rate=0.0,
        actor=SYSTEM,
        now=_START,
    )
    db = open_project(data_dir, _SLUG)
    try:
        _fill(db, study)
    finally:
        db.conn.close()


def _fill(db: Database, study: Study) -> None:
    import_id = stage_rows(
        db,
        rows=[Row(number, values) for number, values in enumerate(study.pool, start=_FIRST_ROW)],
        file_name="pool.csv",
        file_sha256=_DIGEST,
        request_id="simulated-import",
        actor=SIMULATED_REVIEWER,
        now=_START,
    )
    publish_import(db, import_id=import_id, actor=SIMULATED_REVIEWER, now=_START)
    set_policy(
        db,
        threshold=THRESHOLD,
        audit_rate=0.0,
        lease_seconds=LEASE_SECONDS,
        query_strategy=study.strategy,
        reason=_("Everything is asked"),
        actor=SIMULATED_REVIEWER,
        now=_START,
    )
    finish_routing(db, now=_START)


def _score(model: Any, study: Study, class_ids: Mapping[str, int], data_dir: Path) -> Scores:
    """The model on the test rows, whose embeddings are kept beside the project: they never enter it."""
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415
    from hitl.ml.metrics import Metric, score  # noqa: PLC0415
    from hitl.ml.prediction import predict_items  # noqa: PLC0415

    inputs = prepare_inputs(_values(study, study.test, model.fields, data_dir), model.fields)
    answers = predict_items(model, inputs).class_ids
    truth: NDArray[np.int64] = np.array([class_ids.get(label, -1) for label in study.test_labels], dtype=np.int64)
    return Scores(score(Metric.ACCURACY, truth, answers), score(Metric.MACRO_F1, truth, answers))
