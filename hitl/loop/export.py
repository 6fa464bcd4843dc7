"""Export: what people and model have said leaves the project as a table."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.image_folder import kept_place
from hitl.adapters.tables import Cell, Column, require_suffix, write_table
from hitl.domain.errors import NoModel
from hitl.domain.fields import Role, stored_fields
from hitl.domain.images import ImageRef
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.projects import read_project
from hitl.store.reads_export import (
    stream_decisions,
    stream_items,
    stream_labels,
    stream_predictions,
    unchanging_view,
)
from hitl.store.versions import champion_id


class ExportKind(StrEnum):
    """What may be exported."""

    LABELS = "labels"
    PREDICTIONS = "predictions"
    DECISIONS = "decisions"
    ITEMS = "items"


_Table = tuple[tuple[Column, ...], Iterable[Mapping[str, Any]]]

_LABEL_COLUMNS = (
    *(Column(name) for name in ("id", "label", "label_key", "source", "decided_by", "decided_at", "comment")),
    Column("review_count", int),
    Column("cannot_tell", int),
)
_PREDICTION_COLUMNS = (
    Column("id"),
    Column("model_version"),
    Column("predicted_label"),
    Column("confidence", float),
    Column("runner_up"),
    Column("runner_up_confidence", float),
    Column("novelty", float),
    Column("accept_score", float),
    Column("route"),
    Column("auto_accepted_at"),
    Column("auto_accepted_by"),
)
_DECISION_COLUMNS = (
    Column("decision", int),
    *(Column(name) for name in ("id", "kind", "label", "decided_by", "decided_at", "comment")),
    Column("undoes_decision", int),
    Column("shown_model_version"),
    Column("shown_label"),
    Column("shown_confidence", float),
    Column("blind", int),
    Column("surplus", int),
)
_ITEM_COLUMNS = (
    Column("id"),
    Column("revision", int),
    Column("label"),
    Column("route"),
    Column("predicted_label"),
    Column("confidence", float),
    Column("model_version"),
    Column("file"),
    Column("row", int),
)


def export_table(
    db: Database, *, kind: ExportKind, path: Path, names: Mapping[int, str], actor: Actor, now: datetime
) -> int:
    """The number of rows written to the file: one unchanging state, in the format its suffix names.

    The log says so before anything is read. Writes: audit_log.

    Parameters
    ----------
    names : mapping of int to str
        The people by id, for the columns that say who.

    Raises
    ------
    BadInput
        The suffix is not .csv, .jsonl or .parquet.
    NoModel
        Predictions are asked for and no version predicts.
    StoreUnusable
        The file can't be written.
    """
    require(actor, Permission.EXPORT)
    require_suffix(path)
    _TABLES[kind](db)  # refuses what can't be exported, before the log says that it was
    with write_transaction(db):
        append(db, actor, "export", details={"kind": kind.value}, now=now)
    with unchanging_view(db):
        columns, rows = _TABLES[kind](db)
        return write_table(path, columns=columns, records=(_record(row, columns, names) for row in rows))


def _labels(db: Database) -> _Table:
    return _LABEL_COLUMNS, stream_labels(db)


def _predictions(db: Database) -> _Table:
    version_id = champion_id(db)
    if version_id is None:
        raise NoModel(_("No version predicts yet, so there are no predictions to export. Train one first."))
    return _PREDICTION_COLUMNS, stream_predictions(db, version_id)


def _decisions(db: Database) -> _Table:
    return _DECISION_COLUMNS, stream_decisions(db)


def _items(db: Database) -> _Table:
    own = {column.name for column in _ITEM_COLUMNS}
    fields = {field.name: field for field in stored_fields(read_project(db).fields)}
    names = {name: f"field: {name}" if name in own else name for name in fields}
    kinds = [Column(names[name], float if field.role is Role.NUMBER else str) for name, field in fields.items()]
    images = [name for name, field in fields.items() if field.role is Role.IMAGE]
    rows = (
        {**row, **_field_cells(json.loads(row["fields"]), names, images)} for row in stream_items(db, champion_id(db))
    )
    return (*_ITEM_COLUMNS, *kinds, *(Column(f"{names[name]}: file") for name in images)), rows


def _field_cells(values: Mapping[str, Any], names: Mapping[str, str], images: Sequence[str]) -> dict[str, Any]:
    """Of an image the path it came with, and the file it is kept in, from the project's folder on."""
    cells = {names[name]: value for name, value in values.items() if name in names}
    for name in images:
        image = ImageRef.parse(values.get(name))
        if image:
            cells[names[name]] = image.path
            cells[f"{names[name]}: file"] = kept_place(image.sha256, image.kind)
    return cells


def _record(row: Mapping[str, Any], columns: Sequence[Column], names: Mapping[int, str]) -> list[Cell]:
    return [_cell(row.get(column.name), column.name, names) for column in columns]


def _cell(value: Any, column: str, names: Mapping[int, str]) -> Cell:
    if column == "decided_by" and isinstance(value, int):
        return names.get(value, f"Person {value}")
    return cast("Cell", value)


_TABLES: dict[ExportKind, Callable[[Database], _Table]] = {
    ExportKind.LABELS: _labels,
    ExportKind.PREDICTIONS: _predictions,
    ExportKind.DECISIONS: _decisions,
    ExportKind.ITEMS: _items,
}
