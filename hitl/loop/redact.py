"""Redact: the content of a record goes for good, from everywhere; that it was here stays, and what was decided.

The fact and all that tables hold go in one transaction, so that nobody reads it from then on. Files, traces in the
databases' files and copies follow, by a job; cut off anywhere, it is gone on with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters import erasing as files
from hitl.adapters.image_features import erase_features
from hitl.adapters.text_embeddings import as_text, erase_other_texts
from hitl.domain.clock import parse_utc, utc_text
from hitl.domain.errors import BadInput, Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.encoding import encoder_of, text_names
from hitl.store import redactions as store
from hitl.store.audit import append
from hitl.store.connection import project_folder, write_transaction
from hitl.store.encoding import stored_fields_of
from hitl.store.erasing import merge_search_index, write_anew
from hitl.store.jobs import find_active_job, forget_read_files, live_check_files
from hitl.store.snapshot_rows import pool_versions
from hitl.store.versions import champion_id, read_version

_READING = ("import", "check")
_PART_ITEMS = 5_000


@dataclass(frozen=True)
class RedactionPlan:
    """What a redaction would take away, before it happens.

    Attributes
    ----------
    identical : tuple of str
        Ids of other records of which a revision says the same; they stay unless they are redacted as well.
    reject_count, upload_count : int
        Rows left out of imports that hold its id or a text of it; files that wait for their import, of which all go.
    version_names : tuple of str
        Versions that may have learned from it: their model files go.
    retires_champion : bool
        Whether the version that predicts now is among them.
    pool_names : tuple of str
        Other versions that may have learned from it without a label: their files hold nothing of it and stay.
    """

    external_id: str
    revision_count: int
    image_count: int
    comment_count: int
    reject_count: int
    upload_count: int
    identical: tuple[str, ...]
    version_names: tuple[str, ...]
    retires_champion: bool
    pool_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class RedactionOrder:
    """What is to be taken away.

    Attributes
    ----------
    keeps_id : bool
        Whether the record's id stays; a random one takes its place otherwise.
    with_comments : bool
        Whether comments of people about it go as well.
    with_identical : bool
        Whether other records that say the same go as well.
    """

    external_id: str
    reason: str
    keeps_id: bool = True
    with_comments: bool = False
    with_identical: bool = False


def plan_redaction(db: Database, folder: Path, external_id: str, *, now: datetime) -> RedactionPlan:
    """What redacting a record would take away. Changes nothing.

    Raises
    ------
    NotFound
        There is no such record.
    Conflict
        It is redacted already.
    """
    content = _require_content(db, external_id)
    learned = store.learned_versions(db, content.group_ids, at=utc_text(now))
    return RedactionPlan(
        external_id,
        len(content.item_ids),
        store.count_images(db, content),
        store.count_comments(db, content),
        len(store.matching_rejects(db, content)),
        len(files.list_uploads(folder, before=now.timestamp())),
        tuple(store.find_identical(db, external_id)),
        tuple(read_version(db, one).name for one in learned),
        champion_id(db) in learned,
        tuple(read_version(db, one).name for one in pool_versions(db, content.group_ids) if one not in learned),
    )


def redact_item(
    db: Database, tandem: Database, *, slug: str, order: RedactionOrder, request_id: str, actor: Actor, now: datetime
) -> int:
    """The redaction that a request makes; the same request again gives the same one.

    From here on nobody reads the content; ``finish_redactions`` removes files and traces.

    Writes: redactions, redacted_items, redacted_comments, retirements, redaction_files, items, items_fts, item_images,
    import_rejects, groups, evaluations, events, comment_seals, predictions, explanations, explanation_wishes,
    assignments, release_ends, releases, item_state, queue, item_changes, redacted_words, saved_view_revisions,
    bulk_acts, audit_log.

    Raises
    ------
    BadInput
        No reason is given.
    NotFound
        There is no such record.
    Conflict
        It is redacted already, or a file is being read that may hold it.
    """
    require(actor, Permission.REDACT)
    if not order.reason.strip():
        raise BadInput(_("Say in a few words why it is redacted; do not repeat what it says."))
    with write_transaction(db):
        known = store.find_redaction(db, request_id)
        if known is not None:
            return known
        _require_no_reading(tandem, slug)
        _require_content(db, order.external_id)
        others = store.find_identical(db, order.external_id) if order.with_identical else []
        content = store.find_content(db, [order.external_id, *others])
        redaction_id = store.add_redaction(
            db,
            content,
            reason=order.reason.strip(),
            keeps_id=order.keeps_id,
            with_comments=order.with_comments,
            request_id=request_id,
            actor_id=actor.id,
            at=utc_text(now),
        )
        append(db, actor, "redact_item", **_record(redaction_id, content), now=now)
        return redaction_id


def finish_redactions(db: Database, tandem: Database, data_dir: Path, *, slug: str, actor: Actor, now: datetime) -> int:
    """Remove the files and traces that redactions left; returns how many came to their end. Safe to be done again.

    Writes: retirements, redaction_files, redaction_ends, jobs, audit_log; removes images, features of images,
    embeddings of texts, model files of retired versions, files handed in, kept checks and older copies of both
    databases, whose files are written anew.

    Raises
    ------
    StoreUnusable
        A file can't be removed, or somebody reads all the while.
    """
    require(actor, Permission.REDACT)
    left = store.open_redactions(db)
    for one in left:
        with write_transaction(db):  # a training may have been under way
            store.retire_learned(db, one["id"], store.redacted_groups(db, one["id"]), at=one["at"])
        _remove_files(db, tandem, data_dir, slug=slug, redaction=one)
        with write_transaction(db):
            store.forget_files(db, one["id"])
    if left:
        with write_transaction(tandem):
            forget_read_files(tandem, slug)
        merge_search_index(db)
        write_anew(db)
        write_anew(tandem)
    for one in left:
        with write_transaction(db):
            store.end_redaction(db, one["id"], at=utc_text(now))
            append(db, actor, "finish_redaction", subject=f"redaction:{one['id']}", now=now)
    return len(left)


def find_unfinished_redaction(db: Database) -> str | None:
    """What names a redaction that is not at its end, for the job that finishes it; None when none is left.

    Changes nothing.
    """
    left = store.open_redactions(db)
    return f"redaction-{left[0]['id']}" if left else None


def find_training_owed(db: Database) -> str | None:
    """What names the training that a retired version in use asks for; None when the one in use is not retired.

    Changes nothing.
    """
    champion = champion_id(db)
    return f"retired-{champion}" if champion is not None and read_version(db, champion).is_retired else None


def _remove_files(db: Database, tandem: Database, data_dir: Path, *, slug: str, redaction: dict[str, Any]) -> None:
    from hitl.ml.image_features import FEATURE_COUNT, RECIPE  # noqa: PLC0415  not on the pages' start-up path

    folder = project_folder(data_dir, slug)
    hashes = {sha256 for sha256, _kind in store.images_to_remove(db, redaction["id"])}
    files.erase_images(folder, hashes)
    if hashes:
        erase_features(folder, hashes, recipe=RECIPE, feature_count=FEATURE_COUNT)
    erase_other_texts(folder, _texts_left(db), encoder_of(db))
    files.erase_artifacts(folder, store.retired_artifacts(db))
    files.remove_files(files.list_uploads(folder, before=parse_utc(redaction["at"]).timestamp()))
    files.remove_files([*files.list_older_copies(folder), *files.list_older_copies(data_dir)])
    files.remove_files(files.list_checks(data_dir, keep=[path.parent for path in live_check_files(tandem, slug)]))


def _texts_left(db: Database) -> Iterator[list[str]]:
    """All that stored items say, in parts: what no item says any more is not kept as an embedding either."""
    names, after = text_names(db), 0
    while rows := stored_fields_of(db, after=after, limit=_PART_ITEMS):
        yield [as_text(row["fields"].get(name)) for row in rows for name in names]
        after = rows[-1]["id"]


def _require_content(db: Database, external_id: str) -> store.Content:
    content = store.find_content(db, [external_id])
    if content.item_ids:
        return content
    if store.find_redacted(db, external_id):
        raise Conflict(_("'{name}' is redacted already: nothing of it is left.").format(name=external_id))
    raise NotFound(_("There is no item '{name}'. Ids are those of the imported file.").format(name=external_id))


def _require_no_reading(tandem: Database, slug: str) -> None:
    for kind in _READING:
        job = find_active_job(tandem, slug=slug, kind=kind)
        if job is not None:
            sentence = _("A file is being read that may hold it (job {id}). Wait for it or cancel it, then redact.")
            raise Conflict(sentence.format(id=job.id))


def _record(redaction_id: int, content: store.Content) -> dict[str, Any]:
    items: Sequence[int] = content.item_ids
    return {"subject": f"redaction:{redaction_id}", "details": {"item": items[0], "rows": len(items)}}
