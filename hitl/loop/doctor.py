"""Doctor: desk and projects are examined, and what is derived is made anew from the facts."""

import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from hitl.access import has_accounts, require
from hitl.adapters.artifacts import artifact_path, read_artifact
from hitl.adapters.image_folder import is_whole, list_kept, remove_left_over
from hitl.domain.clock import utc_text
from hitl.domain.errors import HitlError
from hitl.domain.language import _, ngettext
from hitl.domain.people import Actor, Permission
from hitl.store import rebuilding
from hitl.store.audit import append
from hitl.store.connection import list_slugs, write_transaction
from hitl.store.integrity import find_damage, newest_fact_at
from hitl.store.item_images import named_images
from hitl.store.job_moves import count_waiting_jobs, newest_job_at
from hitl.store.memberships import list_without_owner
from hitl.store.reads_imports import unfinished_imports
from hitl.store.routing import find_routing, route_in_steps
from hitl.store.search import check_index, rebuild_index
from hitl.store.versions import list_versions
from hitl.store.withdrawals import withdraw_in_steps

LEFT_SECONDS = 3_600.0
LEAST_FREE_BYTES = 500_000_000
_UNFINISHED = (
    (".", ".unpacking-*"),
    (".", ".building-*"),
    (".", ".upgrading-*"),
    ("projects", ".creating-*"),
    ("projects", ".deleting-*"),
)


def examine(db: Database, folder: Path, *, now: datetime) -> list[str]:
    """What is wrong with a project, a sentence each that says what to do; empty when all is well. Changes nothing.

    Looked at: the database file, the tables derived from the facts, the search index, the model files and
    images, the clock.
    """
    return [
        *_with_remedy(find_damage(db), _("Stop Tandem and restore this project from a back-up.")),
        *_with_remedy([*rebuilding.check(db), *check_index(db)], _("Run `python -m hitl doctor --rebuild`.")),
        *_unfinished_routing(db),
        *_missing_models(db, folder),
        *_orphan_models(db, folder, now),
        *_missing_images(db, folder),
        *_orphan_images(db, folder, now),
        *_left_files([*folder.rglob(".*.part"), *folder.glob(".upgrading-*")], now),
        *_clock(db, now),
    ]


def examine_desk(data_dir: Path, *, now: datetime) -> list[str]:
    """What is wrong with the data folder itself: leftovers of work cut off, rights. Changes nothing."""
    unfinished = [path for place, pattern in _UNFINISHED for path in (data_dir / place).glob(pattern)]
    restoring = data_dir.parent.glob(f".{data_dir.name}.restoring-*")
    return [
        *_left_files([*unfinished, *restoring], now),
        *_folders_without_database(data_dir, now),
        *_rights(data_dir),
    ]


def examine_jobs(tandem: Database, *, is_worker_alive: bool, now: datetime) -> list[str]:
    """What is wrong with the background jobs and the clock they went by. Changes nothing."""
    found = [] if is_worker_alive else _left_jobs(tandem, now)
    return [*found, *_newest_is_past(newest_job_at(tandem), now)]


def examine_owners(tandem: Database) -> list[str]:
    """Which projects nobody who can sign in owns; none while nobody has an account. Changes nothing."""
    if not has_accounts(tandem):
        return []
    sentence = _(
        "Nobody who can sign in owns the project {slug}. Make somebody its owner on People, or run `python -m hitl "
        "people role`."
    )
    return [sentence.format(slug=slug) for slug in list_without_owner(tandem)]


def examine_room(data_dir: Path) -> list[str]:
    """Whether the disk of the data folder has so little room that work may soon be refused. Changes nothing."""
    free = free_bytes(data_dir)
    if free >= LEAST_FREE_BYTES:
        return []
    return [
        _("The disk has {free:,.0f} MB free: decisions may soon be refused. Make room, or move back-ups away.").format(
            free=free / 1000000.0
        )
    ]


def free_bytes(data_dir: Path) -> int:
    """How many bytes the disk of the data folder still takes. Changes nothing."""
    return shutil.disk_usage(data_dir).free


def rebuild(db: Database, *, actor: Actor, now: datetime) -> None:
    """Derive anew what differs from the facts, in small steps, and finish what was cut off: withdrawals, a routing.

    People decide meanwhile, except while the search index is filled.
    Writes: audit_log, item_state, queue, items_fts; and what a withdrawal and a routing write.
    """
    require(actor, Permission.OPERATE)
    with write_transaction(db):
        append(db, actor, "rebuild", now=now)
    withdraw_in_steps(db, at=utc_text(now))
    rebuilding.mend(db)
    route_in_steps(db, at=utc_text(now), tick=lambda _share, _note: None)
    rebuild_index(db)


def remove_unused_images(db: Database, folder: Path, *, actor: Actor, now: datetime) -> None:
    """Remove images that no item shows.

    Writes: audit_log; removes files in the project folder's ``images``.
    """
    require(actor, Permission.OPERATE)
    left = _images_left(db, folder, now)
    if not left:
        return
    with write_transaction(db):
        append(db, actor, "remove_images", details={"files": len(left)}, now=now)
    remove_left_over(left)


def _with_remedy(found: Iterable[str], remedy: str) -> Iterator[str]:
    for text in found:
        sentence = text if text.endswith(".") else f"{text}."
        yield sentence if "`" in sentence else f"{sentence} {remedy}"


def _unfinished_routing(db: Database) -> Iterator[str]:
    found = find_routing(db)
    if found:
        yield _(
            "The routing of all items has come to {share}; items beyond are routed as before. It goes on by itself in "
            "the background. To finish it now, run `python -m hitl doctor --rebuild`."
        ).format(share=f"{found.share * 100:.0f} %")


def _missing_models(db: Database, folder: Path) -> list[str]:
    found = []
    for version in list_versions(db):
        if version.artifact_sha256 is None or version.is_retired:
            continue
        try:
            read_artifact(folder / "artifacts", version.artifact_sha256)
        except HitlError as error:
            found.append(f"{version.name}: {error}")
    return found


def _orphan_models(db: Database, folder: Path, now: datetime) -> list[str]:
    shas = [version.artifact_sha256 for version in list_versions(db)]
    named = {artifact_path(folder / "artifacts", sha256) for sha256 in shas if sha256}
    found = [path for path in (folder / "artifacts").glob("[!.]*") if path not in named and _is_left(path, now)]
    return [
        _("{path}: no version names this model file; a training was cut off. Delete it.").format(path=path)
        for path in sorted(found)
    ]


def _missing_images(db: Database, folder: Path) -> list[str]:
    missing = [sha256 for sha256, kind in named_images(db) if not is_whole(folder, sha256, kind)]
    if not missing:
        return []
    sentence = ngettext(
        "{count} image that items show is missing or empty, the first is {first}. Restore it from a back-up, or import "
        "it again.",
        "{count} images that items show are missing or empty, the first is {first}. Restore them from a back-up, or "
        "import them again.",
        len(missing),
    )
    return [sentence.format(count=f"{len(missing):,}", first=missing[0])]


def _orphan_images(db: Database, folder: Path, now: datetime) -> list[str]:
    left = _images_left(db, folder, now)
    if not left:
        return []
    sentence = ngettext(
        "{count} file in {folder} belongs to no item: an import was discarded. Run `python -m hitl doctor --rebuild`.",
        "{count} files in {folder} belong to no item: an import was discarded. Run `python -m hitl doctor --rebuild`.",
        len(left),
    )
    return [sentence.format(count=f"{len(left):,}", folder=folder / "images")]


def _images_left(db: Database, folder: Path, now: datetime) -> list[Path]:
    """Image files that no item shows, staged ones included, and that nobody has touched for an hour.

    None while an import is under way: it may be about to name one that was left over.
    """
    if unfinished_imports(db):
        return []
    named = {sha256 for sha256, _ in named_images(db)}
    return [path for sha256, path in list_kept(folder) if sha256 not in named and _is_left(path, now)]


def _left_files(paths: Iterable[Path], now: datetime) -> Iterator[str]:
    for path in sorted(paths):
        if _is_left(path, now):
            yield _("{path}: left by work that was cut off; nothing uses it. Delete it.").format(path=path)


def _folders_without_database(data_dir: Path, now: datetime) -> Iterator[str]:
    known = set(list_slugs(data_dir))
    for folder in sorted((data_dir / "projects").glob("[!.]*")):
        if folder.name not in known and _is_left(folder, now):
            yield _(
                "{folder}: this is no project, it holds no project.db. Restore it from a back-up, or move it away."
            ).format(folder=folder)


def _is_left(path: Path, now: datetime) -> bool:
    """Whether nobody has touched it for an hour: what is younger may still be worked on."""
    try:
        return now.timestamp() - path.stat().st_mtime > LEFT_SECONDS
    except OSError:
        return False


def _rights(data_dir: Path) -> Iterator[str]:
    """Only the owner of the folder may look into it, and whoever runs Tandem is that owner."""
    places = [data_dir, data_dir / "tandem.db", *(data_dir / "projects").glob("*/project.db")]
    for path in (place for place in places if place.exists()):
        if not os.access(path, os.R_OK | os.W_OK):
            yield _(
                "{path} can't be read and written by the account that asks. Give it to the account Tandem runs as."
            ).format(path=path)
    if data_dir.exists() and data_dir.stat().st_mode & 0o077:
        yield _("{folder} is open to other accounts of this machine. Close it: chmod 700 {folder}").format(
            folder=data_dir
        )


def _left_jobs(tandem: Database, now: datetime) -> list[str]:
    waiting = count_waiting_jobs(tandem, before=utc_text(now - timedelta(seconds=LEFT_SECONDS)))
    if not waiting:
        return []
    sentence = ngettext(
        "{count} job has waited for more than an hour and no worker is there. Start the server; look into worker.log "
        "if it runs.",
        "{count} jobs have waited for more than an hour and no worker is there. Start the server; look into worker.log "
        "if it runs.",
        waiting,
    )
    return [sentence.format(count=waiting)]


def _clock(db: Database, now: datetime) -> list[str]:
    return _newest_is_past(newest_fact_at(db), now)


def _newest_is_past(newest: str, now: datetime) -> list[str]:
    if newest <= utc_text(now):
        return []
    return [
        (
            _(
                "The newest fact is from {newest}, but the clock says {now}. Set this machine's clock "
                "right; until then times in the history are out of order."
            ).format(newest=newest, now=utc_text(now))
        )
    ]
