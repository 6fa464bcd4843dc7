"""Import: rows become items, staged unseen and published whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, islice
from typing import Any

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict
from hitl.domain.fields import Role
from hitl.domain.identity import unit_interval
from hitl.domain.import_check import SHOWN_REJECTS
from hitl.domain.import_choices import USUAL_CHOICES, ImportChoices, with_labels
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.rows import Reject, Row, row_number
from hitl.store import items as store
from hitl.store.audit import append, span_of
from hitl.store.connection import bulk_writes, unchecked_references, write_transaction
from hitl.store.events import latest_event_id, withdrawn_import_ids
from hitl.store.import_spans import half_discarded_imports, read_span
from hitl.store.projects import add_class_revision, class_key, list_classes, read_project, unrevised_class_ids
from hitl.store.publishing import (
    add_imported_labels,
    derive_published,
    fresh_labelled_groups,
    import_counts,
    imported_class_ids,
    show_items,
    unlabelled_among,
)
from hitl.store.staged_items import remove_staged
from hitl.store.staging import Stager

CHUNK_ROWS = 5_000
CHUNK_IMAGES = 500
TEST_SHARE = 0.2
TEST_LIMIT = 1_500
LABELS_FOR_A_TEST = 200
"""With fewer labelled groups than this, a fifth of them is too dear to set aside."""

KeepImages = Callable[[Sequence[Row | Reject]], list[Row | Reject]]


@dataclass(frozen=True)
class ImportSummary:
    """What an import brought; counts are items, ``rejected`` the first of the ``rejected_count`` rows left out."""

    import_id: int
    new: int
    changed: int
    unchanged: int
    labelled: int
    unlabelled: int
    identical: int
    test_groups: int
    rejected_count: int
    rejected: tuple[Reject, ...]


@dataclass(frozen=True)
class _Ready:
    """What is known of a staged import before it is published, with the withdrawals that this was counted by."""

    withdrawn: list[int]
    counts: dict[str, int]
    class_ids: list[int]
    test_group_ids: list[int]


def stage_rows(
    db: Database,
    *,
    rows: Iterable[Row | Reject],
    file_name: str,
    file_sha256: str,
    request_id: str,
    actor: Actor,
    now: datetime,
    choices: ImportChoices = USUAL_CHOICES,
    tick: Callable[[int], None] = lambda last_row: None,  # noqa: ARG005
    keep_images: KeepImages | None = None,
) -> int:
    """Write a file's rows as unseen items, in chunks; the same request goes on where it stopped.

    The choices of the first attempt hold. ``keep_images`` keeps what the rows name before they are written, and puts
    references in place of the paths. ``tick`` is told the last row after each chunk and may raise to stop. Writes:
    imports, import_rejects, classes, groups, items, item_images, versions and predictions (an existing model's
    output); files in ``images``.

    Raises
    ------
    BadInput
        The file does not fit the project's columns.
    Conflict
        The import was discarded already.
    """
    require(actor, Permission.IMPORT)
    named: dict[str, Any] = {"file_name": file_name, "file_sha256": file_sha256, "request_id": request_id}
    by: dict[str, Any] = {"actor_id": actor.id, "at": utc_text(now)}
    _remove_discarded(db)
    import_id = _begin(db, {**named, **by, "choices": choices.to_json()}, actor=actor, now=now)
    present = store.read_import(db, import_id)
    if present["outcome"] == "discarded":
        raise Conflict(
            _("The import of {file_name} was discarded. Begin a new one.").format(file_name=present["file_name"])
        )
    if present["outcome"] is None:
        kept = ImportChoices.from_json(json.loads(present["choices"]))
        stager = Stager(db, import_id, id_prefix=file_sha256[:8], choices=kept, **by)
        labelled = with_labels(rows, stager.project.fields, kept)
        _stage(db, stager, _chunks(labelled, present["last_row"], keep_images), tick=tick)
    return import_id


def add_item(db: Database, *, values: Mapping[str, str], request_id: str, actor: Actor, now: datetime) -> ImportSummary:
    """One item that was typed in, by column name; the same request again adds none.

    It is an import of one row, held to the same rules; without a name of its own it gets one.
    Writes: as ``stage_rows`` and ``publish_import``.

    Raises
    ------
    BadInput
        A value does not fit its column; nothing was added.
    """
    require(actor, Permission.IMPORT)
    digest = hashlib.sha256(request_id.encode("utf-8", "surrogatepass")).hexdigest()
    fields = read_project(db).fields
    names = {field.name: f"typed-{digest[:8]}" if field.role is Role.ID else "" for field in fields}
    row = Row(1, names | {name: value for name, value in values.items() if value.strip()})
    file_name = _("typed in")
    import_id = stage_rows(
        db, rows=[row], file_name=file_name, file_sha256=digest, request_id=request_id, actor=actor, now=now
    )
    rejects = store.list_rejects(db, import_id, limit=1)
    if rejects and store.read_import(db, import_id)["outcome"] is None:
        discard_import(db, import_id=import_id, actor=actor, now=now)
        place = f"{rejects[0].field}: " if rejects[0].field else ""
        raise BadInput(f"{place}{rejects[0].message}")
    return publish_import(db, import_id=import_id, actor=actor, now=now)


def publish_import(db: Database, *, import_id: int, actor: Actor, now: datetime) -> ImportSummary:
    """Make a staged import visible in one transaction; publishing again gives the same summary.

    What it brings is counted before that, so that others wait only for what is written; a large import is queued by the
    routing that follows.

    Writes: import_ends, events, class_revisions, test_groups, item_state, queue, releases, release_ends, routing.

    Raises
    ------
    BadInput
        No row could be read.
    Conflict
        The import was discarded.
    """
    require(actor, Permission.IMPORT)
    with bulk_writes(db):
        ready = _prepare(db, import_id)
        with write_transaction(db):
            present = store.read_import(db, import_id)
            if present["outcome"] == "discarded":
                raise Conflict(_("The import was discarded. Begin a new one."))
            if present["outcome"] is None:
                if ready.withdrawn != withdrawn_import_ids(db):
                    ready = _prepare(db, import_id)
                _publish(db, import_id, ready, actor=actor, now=now)
    return read_summary(db, import_id)


def discard_import(db: Database, *, import_id: int, actor: Actor, now: datetime) -> None:
    """End an unpublished import and remove what it had staged, in chunks.

    What is left of one that was cut off is removed before the next import is staged.
    Writes: import_ends; deletes staged items.

    Raises
    ------
    Conflict
        The import has ended already.
    """
    require(actor, Permission.IMPORT)
    with write_transaction(db):
        if store.read_import(db, import_id)["outcome"]:
            raise Conflict(_("The import has ended already; a published import can't be discarded."))
        store.end_import(db, import_id, outcome="discarded", summary={}, at=utc_text(now))
        append(db, actor, "discard_import", subject=f"import:{import_id}", now=now)
    _remove_discarded(db)


def read_summary(db: Database, import_id: int) -> ImportSummary:
    """What a published import brought. Changes nothing."""
    summary = json.loads(store.read_import(db, import_id)["summary"])
    return ImportSummary(
        import_id=import_id,
        rejected_count=store.count_rejects(db, import_id),
        rejected=tuple(store.list_rejects(db, import_id, limit=SHOWN_REJECTS)),
        **summary,
    )


def _begin(db: Database, values: dict[str, Any], *, actor: Actor, now: datetime) -> int:
    with write_transaction(db):
        known = store.find_import(db, values["request_id"])
        if known is not None:
            return known
        import_id = store.add_import(db, **values)
        append(db, actor, "begin_import", subject=f"import:{import_id}", now=now)
        return import_id


def _chunks(
    rows: Iterable[Row | Reject], last_row: int, keep_images: KeepImages | None
) -> Iterator[list[Row | Reject]]:
    todo = dropwhile(lambda row: row_number(row) <= last_row, rows)
    size = CHUNK_ROWS if keep_images is None else CHUNK_IMAGES
    while chunk := list(islice(todo, size)):
        yield chunk if keep_images is None else keep_images(chunk)


def _prepare(db: Database, import_id: int) -> _Ready:
    withdrawn = withdrawn_import_ids(db)
    counts = {
        **import_counts(db, read_span(db, import_id)),
        "unchanged": store.read_import(db, import_id)["unchanged_count"],
    }
    test_group_ids = choose_test_groups(fresh_labelled_groups(db, import_id))
    return _Ready(withdrawn, counts, imported_class_ids(db, import_id), test_group_ids)


def _publish(db: Database, import_id: int, ready: _Ready, *, actor: Actor, now: datetime) -> None:
    actor_id, at, newest = actor.id, utc_text(now), latest_event_id(db)
    if not sum(ready.counts[name] for name in ("new", "changed", "unchanged")):
        raise BadInput(_nothing_to_import(db, import_id))
    _reveal_classes(db, ready.class_ids, import_id, actor_id=actor_id, at=at)
    chosen = unlabelled_among(db, ready.test_group_ids)
    show_items(db, import_id, at=at)
    add_imported_labels(db, import_id, actor_id=actor_id, at=at)
    store.add_test_groups(db, chosen, at=at)
    summary: dict[str, object] = {**ready.counts, "test_groups": len(chosen)}
    store.end_import(db, import_id, outcome="published", summary=summary, at=at)
    details = {**ready.counts, **span_of(range(newest + 1, latest_event_id(db) + 1)), "tests": len(chosen)}
    append(db, actor, "publish_import", subject=f"import:{import_id}", details=details, now=now)
    derive_published(db, import_id, at=at)


def _stage(db: Database, stager: Stager, chunks: Iterator[list[Row | Reject]], *, tick: Callable[[int], None]) -> None:
    with bulk_writes(db):
        for chunk in chunks:
            read = stager.read(chunk)
            with write_transaction(db):
                stager.write(read)
            tick(read.last_row)


def _remove_discarded(db: Database) -> None:
    for import_id in half_discarded_imports(db):
        with unchecked_references(db):  # nothing refers to an unseen item, and to look for it reads all events for each
            is_left = True
            while is_left:
                with write_transaction(db):
                    is_left = remove_staged(db, import_id, count=CHUNK_ROWS)


def choose_test_groups(labelled: Sequence[tuple[int, int]]) -> list[int]:
    """The groups to keep for testing: a fixed random fifth of (group_id, input_hash) pairs, at most 1,500.

    None at all while fewer than 200 groups are labelled.

    >>> choose_test_groups([(1, 11), (2, 22)])
    []
    """
    if len(labelled) < LABELS_FOR_A_TEST:
        return []
    ranked = sorted(labelled, key=lambda pair: unit_interval("test", pair[1]))
    count = min(round(TEST_SHARE * len(labelled)), TEST_LIMIT)
    return sorted(group_id for group_id, _ in ranked[:count])


def _nothing_to_import(db: Database, import_id: int) -> str:
    rejects = store.list_rejects(db, import_id, limit=1)
    if not rejects:
        return _("The file has no rows below its header. Choose a file with at least one record.")
    first = rejects[0]
    return _("None of the {count:,} rows could be imported. Row {row}: {message}").format(
        count=store.count_rejects(db, import_id), row=first.row, message=first.message
    )


def _reveal_classes(db: Database, class_ids: Sequence[int], import_id: int, *, actor_id: int, at: str) -> None:
    position = len(list_classes(db))
    for class_id in unrevised_class_ids(db, class_ids):
        add_class_revision(
            db,
            class_id=class_id,
            name=class_key(db, class_id),
            guideline="",
            position=position,
            retired=False,
            source="import",
            import_id=import_id,
            actor_id=actor_id,
            request_id=None,
            at=at,
        )
        position += 1
