"""The sample projects: built whole or not at all, ready to be reviewed in.

A sample is made in a folder of its own beside the projects and moved among them when it is finished: a build that
was killed leaves nothing to be seen, and the next one does it again.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from hitl.adapters.image_keeper import ImageKeeper
from hitl.domain.errors import NotFound
from hitl.domain.fields import Field, Role
from hitl.domain.language import _
from hitl.domain.people import SYSTEM
from hitl.domain.rows import Row
from hitl.loop.encode import encode_items
from hitl.loop.evaluate import evaluate_version
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.predict import predict_version
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.route import set_policy
from hitl.loop.train import take_snapshot, train_version
from hitl.settings import PROJECT_ROOT, read_settings
from hitl.store.connection import open_project, project_folder

SOURCES = PROJECT_ROOT / "data" / "samples"
STAGING = ".building-samples"
LABELLED_TICKETS = 120
LABELLED_CASES = 60
LABELLED_DIGITS = 100
AUDIT_RATE = 0.02
LEASE_SECONDS = 900
_SEED = 0
_FIRST_ROW = 2
_STEP = timedelta(milliseconds=1)  # what is done one after the other is also listed so

Tick = Callable[[float, str], None]


@dataclass(frozen=True)
class Sample:
    """What a sample project is made of.

    Attributes
    ----------
    guidelines : mapping of str to str
        Class name → guideline, in the order to show.
    records : sequence of mapping
        The rows as text by column; those without a label are there to be reviewed.
    threshold : float, [0, 1]
        From which confidence on the model answers by itself.
    images : mapping of str to bytes
        Image files by the path that records name.
    """

    slug: str
    name: str
    guide: str
    fields: tuple[Field, ...]
    guidelines: Mapping[str, str]
    file_name: str
    records: Sequence[Mapping[str, str]]
    threshold: float
    images: Mapping[str, bytes] = field(default_factory=dict)

    def read(self, cell: str) -> tuple[str, bytes]:
        """The path that a cell names, and the image there."""
        return cell, self.images[cell]


def build_samples(data_dir: Path, *, now: datetime, tick: Tick) -> None:
    """Make the sample projects that the data folder does not have yet; those there are stay as they are.

    ``tick(share, note)`` is told how far the work is and may raise to stop it.

    Raises
    ------
    NotFound
        The files that the samples are made from are missing.
    """
    for number, (slug, describe) in enumerate(_SAMPLES.items()):
        if project_folder(data_dir, slug).exists():
            continue
        sample = describe()
        begin, share = number / len(_SAMPLES), 1 / len(_SAMPLES)
        _build(data_dir, sample, now=now, tick=_part_of(tick, begin, share, sample.name))


def missing_samples(data_dir: Path) -> list[str]:
    """The short names of the samples that the data folder does not have."""
    return [slug for slug in _SAMPLES if not project_folder(data_dir, slug).exists()]


def describe_tickets() -> Sample:
    """*Support tickets*: messages to an invented shop, the first 120 with their labels."""
    classes = json.loads(_source("support_tickets.classes.json").read_text("utf-8"))
    with _source("support_tickets.csv").open(encoding="utf-8", newline="") as file:
        records = _hide_labels(list(csv.DictReader(file)), "label", after=LABELLED_TICKETS)
    return Sample(
        slug="support-tickets",
        name="Support tickets",
        guide=(
            "Read the message and choose the matter that has to be dealt with first; the guideline of each class says "
            "which one goes before another. If none of the seven fits, answer 'Can't tell'."
        ),
        fields=(
            Field("id", Role.ID),
            Field("received_at", Role.SHOWN),
            Field("channel", Role.SLICE),
            Field("message", Role.TEXT),
            Field("label", Role.LABEL),
        ),
        guidelines={one["name"]: one["guideline"] for one in classes},
        file_name="support_tickets.csv",
        records=records,
        threshold=0.85,
    )


def describe_cytology() -> Sample:
    """*Tumour cytology*: measurements of cell nuclei, the first 60 with their diagnosis."""
    from hitl.ml.cytology import CLASS_COLUMN, ID_COLUMN, load_cytology  # noqa: PLC0415  loads scikit-learn

    table = load_cytology(seed=_SEED).astype(str)
    records = [dict(zip(table.columns, row, strict=True)) for row in table.to_numpy(str).tolist()]
    others = {ID_COLUMN: Role.ID, CLASS_COLUMN: Role.LABEL}
    return Sample(
        slug="tumour-cytology",
        name="Tumour cytology",
        guide=(
            "Each item is a needle sample from a breast, described by 30 measurements of its cell nuclei; decide "
            "whether the tumour is malignant or benign. This is teaching data: use neither it nor its model for a "
            "diagnosis."
        ),
        fields=tuple(Field(str(name), others.get(str(name), Role.NUMBER)) for name in table.columns),
        guidelines={
            "Malignant": (
                "Large, uneven nuclei with notched outlines. In most malignant samples the worst area is above 880 "
                "and the worst concave points are above 0.15."
            ),
            "Benign": (
                "Small, even nuclei with smooth outlines. In most benign samples the worst area is below 880 and the "
                "worst concave points are below 0.15."
            ),
        },
        file_name="tumour_cytology.csv",
        records=_hide_labels(records, CLASS_COLUMN, after=LABELLED_CASES),
        threshold=0.95,
    )


def describe_digits() -> Sample:
    """*Handwritten digits*: small drawings, the first 100 with the digit they show."""
    from hitl.adapters.ink import draw_ink  # noqa: PLC0415  loads Pillow
    from hitl.ml.digits import MOST_INK, load_digits  # noqa: PLC0415  loads scikit-learn

    digits = load_digits(seed=_SEED)
    paths = [f"digits/{name}.png" for name in digits.ids]
    records = [
        {"id": name, "drawing": path, "digit": digit}
        for name, path, digit in zip(digits.ids, paths, digits.names, strict=True)
    ]
    return Sample(
        slug="handwritten-digits",
        name="Handwritten digits",
        guide=(
            "Each item is one digit that somebody wrote on a form; press the key of the digit you see. If it could as "
            "well be another one, answer 'Can't tell'."
        ),
        fields=(Field("id", Role.ID), Field("drawing", Role.IMAGE), Field("digit", Role.LABEL)),
        guidelines=_DIGITS,
        file_name="handwritten_digits.zip",
        records=_hide_labels(records, "digit", after=LABELLED_DIGITS),
        threshold=0.9,
        images={path: draw_ink(ink / MOST_INK) for path, ink in zip(paths, digits.ink, strict=True)},
    )


def _build(data_dir: Path, sample: Sample, *, now: datetime, tick: Tick) -> None:
    staging = data_dir / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    try:
        _make_project(staging, sample, now=now)
        tick(0.1, "made")
        db = open_project(staging, sample.slug)
        try:
            _fill(db, project_folder(staging, sample.slug), sample, now=now, tick=tick)
        finally:
            db.conn.close()
        target = project_folder(data_dir, sample.slug)
        target.parent.mkdir(parents=True, exist_ok=True)
        project_folder(staging, sample.slug).rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    tick(1.0, "ready")


def _make_project(staging: Path, sample: Sample, *, now: datetime) -> None:
    create_project(
        staging,
        slug=sample.slug,
        name=sample.name,
        fields=sample.fields,
        class_names=tuple(sample.guidelines),
        guidelines=sample.guidelines,
        guide=sample.guide,
        actor=SYSTEM,
        now=now,
    )


def _fill(db: Database, folder: Path, sample: Sample, *, now: datetime, tick: Tick) -> None:
    _import(db, folder, sample, now=now)
    _set_threshold(db, sample, now=now + _STEP)
    tick(0.2, _("items imported"))
    if read_settings().encodes_texts:
        encode_items(db, folder, now=now)
    snapshot = take_snapshot(db, request_id="sample-snapshot", actor=SYSTEM, now=now + 2 * _STEP)
    version_id = train_version(
        db,
        folder,
        snapshot_id=snapshot.id,
        seed=_SEED,
        request_id="sample-train",
        actor=SYSTEM,
        now=now + 2 * _STEP,
        tick=lambda share, note: tick(0.2 + 0.6 * share, note),
    )
    predict_version(db, folder, version_id=version_id, now=now)
    tick(0.9, _("items predicted"))
    evaluate_version(db, version_id=version_id, actor=SYSTEM, now=now)
    promote(
        db,
        version_id=version_id,
        reason="The first version of the project",
        request_id="sample-promote",
        actor=SYSTEM,
        now=now + 3 * _STEP,
    )


def _import(db: Database, folder: Path, sample: Sample, *, now: datetime) -> None:
    text = json.dumps(list(sample.records), ensure_ascii=False)
    import_id = stage_rows(
        db,
        rows=[Row(number, record) for number, record in enumerate(sample.records, start=_FIRST_ROW)],
        file_name=sample.file_name,
        file_sha256=hashlib.sha256(text.encode()).hexdigest(),
        request_id="sample-import",
        actor=SYSTEM,
        now=now,
        keep_images=ImageKeeper(sample, folder, sample.fields).keep if sample.images else None,
    )
    publish_import(db, import_id=import_id, actor=SYSTEM, now=now)


def _set_threshold(db: Database, sample: Sample, *, now: datetime) -> None:
    set_policy(
        db,
        threshold=sample.threshold,
        audit_rate=AUDIT_RATE,
        lease_seconds=LEASE_SECONDS,
        query_strategy="default",
        reason="What the model is sure of it answers by itself; the rest is for people",
        actor=SYSTEM,
        now=now,
    )


def _hide_labels(records: Sequence[Mapping[str, str]], column: str, *, after: int) -> list[dict[str, str]]:
    """The records with the labels of all but the first ones blanked: those are for people to give."""
    return [{**record, column: record[column] if number < after else ""} for number, record in enumerate(records)]


def _source(name: str) -> Path:
    path = SOURCES / name
    if not path.exists():
        raise NotFound(
            _("The sample file {name} is missing from {folder}. Restore it from the source code.").format(
                name=name, folder=SOURCES
            )
        )
    return path


def _part_of(tick: Tick, begin: float, share: float, name: str) -> Tick:
    return lambda done, note: tick(begin + share * done, f"{name}: {note}")


_DIGITS = {
    "0": "One closed loop, without a stroke inside.",
    "1": "One upright stroke, with or without a short one at its top or a foot.",
    "2": "A bow that opens to the left above, and a stroke that ends at the right below.",
    "3": "Two bows above each other, both open to the left.",
    "4": "Two strokes that meet in an angle or a loop at the left, and an upright one that crosses or ends them.",
    "5": "A short stroke at the top, and below it a bow that is open to the left.",
    "6": "One loop at the bottom, and a stroke that rises from its left.",
    "7": "A stroke at the top that turns downwards at its right end, with or without a bar through it.",
    "8": "Two loops above each other.",
    "9": "One loop at the top, and a stroke that goes down from its right.",
}
_SAMPLES: dict[str, Callable[[], Sample]] = {
    "support-tickets": describe_tickets,
    "tumour-cytology": describe_cytology,
    "handwritten-digits": describe_digits,
}
