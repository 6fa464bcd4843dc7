"""A file before it is imported: what would become of each of its rows, and those left out as a file."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.readers.settling import open_rows, settle_reading
from hitl.adapters.rejects_file import RejectsFile
from hitl.domain.fields import Field, usual_group_rule
from hitl.domain.import_check import ImportCheck
from hitl.domain.import_choices import ImportChoices
from hitl.domain.people import Actor, Permission
from hitl.domain.rows import Reject
from hitl.loop.dry_run import Ground, check_rows, ground_of, planned_ground
from hitl.store.connection import open_project
from hitl.store.events import latest_event_id
from hitl.store.items import stream_rejects
from hitl.store.projects import active_classes
from hitl.store.reads_imports import latest_import_id


@dataclass(frozen=True)
class CheckedFile:
    """What an import would bring, and the rows it would leave out as a CSV file."""

    check: ImportCheck
    rejects: bytes


def check_for_project(
    db: Database,
    source: Path | BinaryIO,
    *,
    name: str,
    how: Mapping[str, object],
    choices: ImportChoices,
    actor: Actor,
    tick: Callable[[int], None] = lambda row: None,  # noqa: ARG005
) -> CheckedFile:
    """The dry run of a file against a project; raises as ``check_file``."""
    return check_file(
        source, name=name, how=how, ground=ground_of(db, choices), choices=choices, actor=actor, tick=tick
    )


def check_for_plan(
    source: Path | BinaryIO,
    *,
    name: str,
    how: Mapping[str, object],
    fields: Sequence[Field],
    class_names: Sequence[str],
    choices: ImportChoices,
    actor: Actor,
) -> CheckedFile:
    """The dry run of a file that begins a project; raises as ``check_file``."""
    ground = planned_ground(fields, class_names=class_names, group_rule=usual_group_rule(fields), choices=choices)
    return check_file(source, name=name, how=how, ground=ground, choices=choices, actor=actor)


def project_state(db: Database) -> tuple[int, int]:
    """What a check of a file depends on in a project: it is the same as long as this is."""
    return latest_event_id(db), latest_import_id(db)


def class_names(db: Database) -> tuple[str, ...]:
    """The names of the classes in use, in their order."""
    return tuple(label_class.name for label_class in active_classes(db))


def check_file(
    source: Path | BinaryIO,
    *,
    name: str,
    how: Mapping[str, object],
    ground: Ground,
    choices: ImportChoices,
    actor: Actor,
    tick: Callable[[int], None] = lambda row: None,  # noqa: ARG005
) -> CheckedFile:
    """The dry run of a whole file, read as a stream; ``how`` is what its import would be told about reading it.

    Raises
    ------
    BadInput
        It can't be read, or does not fit the project.
    """
    text = io.StringIO()
    rejects = RejectsFile(text)
    found = check_stream(
        source,
        name=name,
        how=how,
        ground=ground,
        choices=choices,
        actor=actor,
        tick_reading=tick,
        tick=tick,
        on_reject=rejects.add,
    )
    rejects.conclude()
    return CheckedFile(found, _encoded(text.getvalue()))


def check_stream(
    source: Path | BinaryIO,
    *,
    name: str,
    how: Mapping[str, object],
    ground: Ground,
    choices: ImportChoices,
    actor: Actor,
    tick_reading: Callable[[int], None],
    tick: Callable[[int], None],
    on_reject: Callable[[Reject], None],
) -> ImportCheck:
    """The dry run alone; ``tick_reading`` is told how many rows the numbers and dates were looked for in."""
    settled = settle_reading(source, file_name=name, args=how, fields=ground.fields, tick=tick_reading)
    with open_rows(source, file_name=name, settled=settled) as rows:
        return check_rows(ground, rows, choices=choices, actor=actor, tick=tick, on_reject=on_reject)


def write_rejects(rejected: Iterable[Reject]) -> bytes:
    """The rows that were left out as a CSV file, of a bounded size."""
    text = io.StringIO()
    rejects = RejectsFile(text)
    for one in rejected:
        rejects.add(one)
    rejects.conclude()
    return _encoded(text.getvalue())


def rejects_of_import(data_dir: Path, slug: str, import_id: int, *, actor: Actor) -> bytes:
    """The rows that an import left out as a CSV file, of a bounded size; read with a connection of its own.

    Raises
    ------
    NotPermitted
        The actor may not bring items in.
    """
    require(actor, Permission.IMPORT)
    db = open_project(data_dir, slug)
    try:
        return write_rejects(stream_rejects(db, import_id))
    finally:
        db.conn.close()


def _encoded(text: str) -> bytes:
    """Bytes that are no text in the file's encoding stand as question marks."""
    return text.encode("utf-8", "replace")
