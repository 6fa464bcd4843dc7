"""Staging: chunks of a file's rows become unseen items of an import."""

from collections.abc import Sequence

from sqlite_utils import Database

from hitl.domain.errors import BadInput
from hitl.domain.fields import LEARNED_ROLES, Role
from hitl.domain.identity import input_hash, own_hash
from hitl.domain.record_reading import ClassVocabulary, ReadRow, missing_columns, read_row
from hitl.domain.rows import Reject, Row
from hitl.store import items as store
from hitl.store.items import KnownItem, StagedItem
from hitl.store.projects import ensure_class_key, founding_classes, list_classes, read_project
from hitl.store.versions import add_predictions, add_version

MOST_CLASSES = 1_000


class Stager:
    """Writes the chunks of one import, in the caller's transactions."""

    def __init__(self, db: Database, import_id: int, *, id_prefix: str, actor_id: int, at: str) -> None:
        self.db = db
        self.import_id = import_id
        self.id_prefix = id_prefix
        self.actor_id = actor_id
        self.at = at
        self.project = read_project(db)
        self.vocabulary = _vocabulary(db)

    def stage(self, chunk: Sequence[Row | Reject]) -> None:
        """Write one chunk: its items, its rejects, and how far the import has come."""
        rejects = [row for row in chunk if isinstance(row, Reject)]
        read: list[ReadRow] = []
        for found in [self._read(row) for row in chunk if isinstance(row, Row)]:
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                read.append(found)
        unique, repeats = self._without_repeats(read)
        fitting, misfits = self._with_known_classes(unique)
        known = store.known_items(self.db, [row.external_id for row in fitting])
        staged = [(row, self._staged(row, known.get(row.external_id))) for row in fitting]
        fresh = [(row, item) for row, item in staged if item is not None]
        store.add_items(self.db, self.import_id, [item for _, item in fresh])
        self._add_predictions([row for row, _ in fresh])
        refused = sorted([*rejects, *repeats, *misfits], key=lambda reject: reject.row)
        store.add_rejects(self.db, self.import_id, [(r.row, r.field, r.message) for r in refused])
        last_row = chunk[-1].number if isinstance(chunk[-1], Row) else chunk[-1].row
        store.advance_import(self.db, self.import_id, last_row=last_row, unchanged=len(staged) - len(fresh))

    def _read(self, row: Row) -> ReadRow | Reject:
        missing = missing_columns(list(row.values), self.project.fields)
        if missing:
            found = ", ".join(row.values)
            raise BadInput(
                f"The file has no column '{missing[0]}', which this project needs. Its columns are: {found}. "
                "Rename the column, or import into a new project."
            )
        return read_row(row, self.project.fields, id_prefix=self.id_prefix)

    def _without_repeats(self, rows: list[ReadRow]) -> tuple[list[ReadRow], list[Reject]]:
        first = store.rows_of_import(self.db, self.import_id, [row.external_id for row in rows])
        column = next((field.name for field in self.project.fields if field.role is Role.ID), "")
        kept: list[ReadRow] = []
        repeats: list[Reject] = []
        for row in rows:
            if row.external_id in first:
                earlier = first[row.external_id]
                repeats.append(
                    Reject(row.number, column, f"The id '{row.external_id}' stands in row {earlier} already.")
                )
            else:
                first[row.external_id] = row.number
                kept.append(row)
        return kept, repeats

    def _with_known_classes(self, rows: list[ReadRow]) -> tuple[list[ReadRow], list[Reject]]:
        fitting: list[ReadRow] = []
        misfits: list[Reject] = []
        for row in rows:
            unknown = next(
                (text for text in (row.label, row.prediction) if text and self._class_id(text) is None), None
            )
            if unknown is None:
                fitting.append(row)
            else:
                misfits.append(Reject(row.number, self._class_column(row, unknown), self.vocabulary.complaint(unknown)))
        return fitting, misfits

    def _class_column(self, row: ReadRow, text: str) -> str:
        role = Role.LABEL if row.label == text else Role.PREDICTION
        return next(field.name for field in self.project.fields if field.role is role)

    def _class_id(self, text: str) -> int | None:
        known = self.vocabulary.find(text)
        if known is not None or not self.vocabulary.is_open:
            return known
        if len(self.vocabulary.ids) >= MOST_CLASSES:
            raise BadInput(
                f"The label column has more than {MOST_CLASSES:,} different values. Is it really the label? "
                "Give that column another role."
            )
        class_id = ensure_class_key(self.db, text.strip())
        self.vocabulary.add(class_id, [text])
        return class_id

    def _staged(self, row: ReadRow, known: KnownItem | None) -> StagedItem | None:
        class_id = self._class_id(row.label) if row.label else None
        if known and known.fields == row.fields and class_id in (None, known.imported_class_id):
            return None
        revision = known.revision + 1 if known else 1
        inputs = {f.name: row.fields[f.name] for f in self.project.fields if f.role in LEARNED_ROLES}
        by_inputs = self.project.group_rule == "inputs"
        hashed = input_hash(inputs) if by_inputs else own_hash(row.external_id, revision)
        return StagedItem(row.number, row.external_id, revision, hashed, class_id, row.fields)

    def _add_predictions(self, rows: list[ReadRow]) -> None:
        predicted = [row for row in rows if row.prediction]
        if not predicted:
            return
        version_id = self._external_version()
        ids = store.staged_item_ids(self.db, self.import_id, [row.external_id for row in predicted])
        values = []
        for row in predicted:
            confidence = row.confidence if row.confidence is not None else 0.0
            class_id = self._class_id(row.prediction or "")
            values.append((ids[row.external_id], class_id, confidence, None, None, None, confidence, confidence))
        add_predictions(self.db, version_id, values)

    def _external_version(self) -> int:
        present = store.read_import(self.db, self.import_id)
        if present["version_id"] is None:
            version_id = add_version(
                self.db,
                kind="external",
                name=f"Imported with {present['file_name']}",
                estimator="external",
                parameters={},
                seed=0,
                libraries={},
                request_id=f"import-{self.import_id}",
                actor_id=self.actor_id,
                at=self.at,
            )
            store.set_import_version(self.db, self.import_id, version_id)
            return version_id
        return int(present["version_id"])


def _vocabulary(db: Database) -> ClassVocabulary:
    revised = list_classes(db)
    vocabulary = ClassVocabulary(is_open=not revised)
    in_use = [label_class for label_class in revised if not label_class.retired]
    vocabulary.add_classes(in_use)
    if not revised:
        for class_id, key in founding_classes(db):
            vocabulary.add(class_id, [key])
    return vocabulary
