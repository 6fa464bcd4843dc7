"""A small text project driven through the real verbs; model answers are written as facts of their own."""

import copy
import random
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.review import claim, decide
from hitl.loop.route import draw_items
from hitl.loop.train import take_snapshot
from hitl.store.connection import open_project, write_transaction
from hitl.store.versions import add_predictions, add_snapshot, add_version

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OTHER = Actor(id=7, name="Second reviewer", role=MemberRole.REVIEWER)
LEAD = Actor(id=8, name="Team lead", role=MemberRole.LEAD)
FIELDS = (Field("id", Role.ID), Field("text", Role.TEXT), Field("label", Role.LABEL))


def rows_of(rows):
    """Rows of a file from (id, text, label)."""
    return [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]


class SmallProject:
    """The project with its clock; every verb call gets a fresh request id and a later time."""

    def __init__(
        self,
        data_dir: Path,
        *,
        slug: str = "small",
        rows: int = 12,
        labelled: int = 4,
        class_names: Sequence[str] = ("yes", "no"),
        audit_rate: float = 0.0,
        start: datetime = START,
    ) -> None:
        self.data_dir = data_dir
        self.slug = slug
        self.actor = LOCAL_OWNER
        self.clock = start
        self.requests = 0
        create_project(
            data_dir,
            slug=self.slug,
            name=slug.capitalize(),
            fields=FIELDS,
            class_names=class_names,
            audit_rate=audit_rate,
            actor=self.actor,
            now=start,
        )
        self.db = open_project(data_dir, self.slug)
        texts = [(f"t{n}", f"text number {n}", class_names[n % 2] if n < labelled else "") for n in range(rows)]
        if texts:
            self.add_rows(texts)

    @property
    def folder(self) -> Path:
        return self.data_dir / "projects" / self.slug

    def copied(self, data_dir: Path) -> "SmallProject":
        """The same project as it stands, in a data folder of its own; this one's database has been closed."""
        shutil.copytree(self.data_dir, data_dir, dirs_exist_ok=True)
        copied = copy.copy(self)
        copied.data_dir = data_dir
        copied.db = open_project(data_dir, self.slug)
        return copied

    def now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def request(self) -> str:
        self.requests += 1
        return f"request-{self.requests}"

    def add_rows(self, rows):
        import_id = stage_rows(
            self.db,
            rows=rows_of(rows),
            file_name="small.csv",
            file_sha256="0" * 64,
            request_id=self.request(),
            actor=self.actor,
            now=self.now(),
        )
        return publish_import(self.db, import_id=import_id, actor=self.actor, now=self.now())

    def decide(self, item_id: int, class_id: int = 1, *, actor: Actor | None = None, **more):
        """One person's label for an item."""
        values = {"actor": actor or self.actor, "request_id": self.request(), "now": self.now(), **more}
        return decide(self.db, item_id=item_id, class_id=class_id, **values)

    def decide_next(self, count: int, class_of: Callable[[int], int] = lambda item_id: 1) -> None:
        """Labels for the first items of the queue, claimed together: item id → class id."""
        for lease in claim(self.db, actor=self.actor, count=count, now=self.now()):
            self.decide(lease.item_id, class_of(lease.item_id), assignment_id=lease.id)

    def draw(self, count: int, *, purpose: str = "test", seed: int = 1) -> None:
        """Groups drawn at random to be reviewed blind."""
        how = {"request_id": self.request(), "actor": self.actor, "now": self.now(), "rng": random.Random(seed)}
        draw_items(self.db, purpose=purpose, count=count, **how)

    def add_version_of_labels(self, name: str = "Version") -> int:
        """A version without a model that knows every label so far."""
        snapshot = take_snapshot(self.db, request_id=self.request(), actor=self.actor, now=self.now())
        with write_transaction(self.db):
            return self._add_version(snapshot.id, name=name, at="2026-01-05T09:00:00.000000Z")

    def answer_with(self, confidences: dict[int, tuple[int, float]], *, champion: bool = True) -> int:
        """A version whose predictions are given: item id → (class id, confidence)."""
        at = "2026-01-05T09:00:00.000000Z"
        with write_transaction(self.db):
            snapshot = add_snapshot(
                self.db, watermark=0, rules={}, class_counts={1: 1, 2: 1}, digest="-", actor_id=1, at=at
            )
            version_id = self._add_version(snapshot, at=at)
            rows = [
                (item, class_id, sure, 3 - class_id, 1 - sure, 0.0, sure, abs(2 * sure - 1))
                for item, (class_id, sure) in confidences.items()
            ]
            add_predictions(self.db, version_id, rows)
        if champion:
            promote(
                self.db,
                version_id=version_id,
                reason="given",
                request_id=self.request(),
                actor=self.actor,
                now=self.now(),
            )
        return version_id

    def _add_version(self, snapshot_id: int, *, at: str, name: str = "Version") -> int:
        return add_version(
            self.db,
            kind="trained",
            name=name,
            snapshot_id=snapshot_id,
            estimator="given",
            parameters={},
            seed=0,
            libraries={},
            artifact_sha256="-",
            request_id=self.request(),
            actor_id=1,
            at=at,
        )
