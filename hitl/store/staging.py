"""Staging: chunks of a file's rows become unseen items of an import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from hitl.domain.covers import Covers
from hitl.domain.errors import BadInput
from hitl.domain.fields import Role, learned_fields, stored_fields
from hitl.domain.identity import ItemEncoder, own_hash
from hitl.domain.images import ImageRef
from hitl.domain.import_choices import USUAL_CHOICES, ChangedPolicy, ImportChoices, changed_message
from hitl.domain.language import _
from hitl.domain.record_reading import ClassVocabulary, ReadRow, RowReader, missing_columns, needed_columns
from hitl.domain.redaction import redacted_message
from hitl.domain.rows import Reject, Row, reject_row, row_number
from hitl.domain.search_text import item_text
from hitl.store import items as store
from hitl.store.field_covers import current_covers
from hitl.store.item_images import ItemImage, add_item_images
from hitl.store.projects import ensure_class_key, founding_classes, list_classes, read_project
from hitl.store.redactions import redacted_among
from hitl.store.staged_items import EarlierItem, StagedItem, add_items, earlier_items
from hitl.store.versions import add_predictions, add_version

MOST_CLASSES = 1_000


class Candidate(NamedTuple):
    """A row that was read, with its fields as JSON and the hash of its inputs."""

    row: ReadRow
    fields: str
    input_hash: int


@dataclass(frozen=True)
class ReadChunk:
    """Rows that were read and are not yet written; ``last_row`` is the number of the last one."""

    last_row: int
    candidates: tuple[Candidate, ...]
    rejects: tuple[Reject, ...]
    rows: Mapping[int, Row]


class Stager:
    """Reads and writes the chunks of one import; writing happens in the caller's transactions.

    What needs no database is done by ``read``, so that others wait only while rows are written.
    """

    def __init__(
        self,
        db: Database,
        import_id: int,
        *,
        id_prefix: str,
        choices: ImportChoices = USUAL_CHOICES,
        actor_id: int,
        at: str,
    ) -> None:
        self.db = db
        self.import_id = import_id
        self.actor_id = actor_id
        self.at = at
        self.project = read_project(db)
        self.vocabulary = open_vocabulary(db)
        self._choices = choices
        self._covers: Covers = {}
        self._are_classes_added = False
        fields = self.project.fields
        self._image_names = [column.name for column in fields if column.role is Role.IMAGE]
        self._reader = RowReader(fields, id_prefix=id_prefix)
        self._needed = frozenset(needed_columns(fields))
        self._encoder = ItemEncoder(
            [column.name for column in stored_fields(fields)],
            learned=[column.name for column in learned_fields(fields)],
            images=self._image_names,
        )

    def read(self, chunk: Sequence[Row | Reject]) -> ReadChunk:
        """The rows of a chunk as records, in order.

        Raises
        ------
        BadInput
            A row lacks a column that the project needs.
        """
        found = [self._read(row) if isinstance(row, Row) else row for row in chunk]
        return ReadChunk(
            last_row=row_number(chunk[-1]),
            candidates=tuple(
                Candidate(row, *self._encoder.encode(row.fields)) for row in found if isinstance(row, ReadRow)
            ),
            rejects=tuple(row for row in found if isinstance(row, Reject)),
            rows={row.number: row for row in chunk if isinstance(row, Row)},
        )

    def write(self, chunk: ReadChunk) -> None:
        """Write one chunk: its items, its rejects, and how far the import has come.

        Writes: imports, import_rejects, classes, groups, items, items_fts, item_images, versions, predictions.
        """
        self._add_classes()
        chunk = self._without_redacted(chunk)
        self._covers = current_covers(self.db)
        earlier = earlier_items(self.db, [candidate.row.external_id for candidate in chunk.candidates])
        unique, repeats = self._without_repeats(chunk.candidates, earlier)
        fitting, misfits = self._with_known_classes(unique)
        fitting, changes = self._without_refused(fitting, earlier)
        staged = [(one.row, self._staged(one, earlier.get(one.row.external_id))) for one in fitting]
        fresh = [(row, item) for row, item in staged if item is not None]
        first_id = add_items(self.db, self.import_id, [item for _, item in fresh])
        add_item_images(self.db, self._images(first_id, [row for row, _ in fresh]))
        same = [(known.id, row) for row, item in staged if not item and (known := earlier.get(row.external_id))]
        self._add_predictions([*enumerate([row for row, _ in fresh], start=first_id), *same])
        refused = sorted([*chunk.rejects, *repeats, *misfits, *changes], key=lambda reject: reject.row)
        store.add_rejects(self.db, self.import_id, [_with_cells(one, chunk.rows) for one in refused])
        unchanged = len(staged) - len(fresh)
        store.advance_import(self.db, self.import_id, last_row=chunk.last_row, unchanged=unchanged)

    def _read(self, row: Row) -> ReadRow | Reject:
        if self._needed <= row.values.keys():
            return self._reader.read(row)
        missing = missing_columns(list(row.values), self.project.fields)
        raise BadInput(
            _(
                "The file has no column '{missing}', which this project needs. Its columns are: "
                "{values}. Rename the column, or import into a new project."
            ).format(missing=missing[0], values=", ".join(row.values))
        )

    def _without_redacted(self, chunk: ReadChunk) -> ReadChunk:
        """Rows of records whose content was taken away are left out, and nothing of them is kept."""
        column = next((field.name for field in self.project.fields if field.role is Role.ID), "")
        names = {number: row.values[column].strip() for number, row in chunk.rows.items() if column in row.values}
        gone = redacted_among(self.db, list(names.values())) if column else set()
        if not gone:
            return chunk
        numbers = {number for number, name in names.items() if name in gone}
        refused = [Reject(number, column, redacted_message(names[number])) for number in sorted(numbers)]
        return ReadChunk(
            chunk.last_row,
            tuple(one for one in chunk.candidates if one.row.number not in numbers),
            (*(one for one in chunk.rejects if one.row not in numbers), *refused),
            {number: row for number, row in chunk.rows.items() if number not in numbers},
        )

    def _without_repeats(
        self, candidates: Sequence[Candidate], earlier: Mapping[str, EarlierItem]
    ) -> tuple[list[Candidate], list[Reject]]:
        first = {name: item.row_number for name, item in earlier.items() if item.import_id == self.import_id}
        column = next((field.name for field in self.project.fields if field.role is Role.ID), "")
        kept: list[Candidate] = []
        repeats: list[Reject] = []
        for candidate in candidates:
            number, name = candidate.row.number, candidate.row.external_id
            if first.setdefault(name, number) == number:
                kept.append(candidate)
            else:
                repeats.append(
                    Reject(
                        number,
                        column,
                        _("The id '{name}' stands in row {first} already.").format(name=name, first=first[name]),
                    )
                )
        return kept, repeats

    def _with_known_classes(self, candidates: list[Candidate]) -> tuple[list[Candidate], list[Reject]]:
        fitting: list[Candidate] = []
        misfits: list[Reject] = []
        for candidate in candidates:
            row = candidate.row
            unknown = next(
                (text for text in (row.label, row.prediction) if text and self._class_id(text) is None), None
            )
            if unknown is None:
                fitting.append(candidate)
            else:
                misfits.append(Reject(row.number, self._class_column(row, unknown), self.vocabulary.complaint(unknown)))
        return fitting, misfits

    def _without_refused(
        self, candidates: list[Candidate], earlier: Mapping[str, EarlierItem]
    ) -> tuple[list[Candidate], list[Reject]]:
        """The candidates without the records that have changed, where the owner refuses changes."""
        if self._choices.changed is ChangedPolicy.REVISE:
            return candidates, []
        column = next((field.name for field in self.project.fields if field.role is Role.ID), "")
        known = [(one, earlier.get(one.row.external_id)) for one in candidates]
        changed = {one.row.number: one for one, item in known if item and item.fields and not self._is_same(one, item)}
        rejects = [Reject(number, column, changed_message(one.row.external_id)) for number, one in changed.items()]
        return [one for one in candidates if one.row.number not in changed], rejects

    def _add_classes(self) -> None:
        """Let the labels that the owner makes classes name them; they are seen when the import is published."""
        if self._are_classes_added:
            return
        for name in self._choices.new_classes:
            if self.vocabulary.find(name) is None:
                require_never_retired(self.db, name)
                self.vocabulary.add(ensure_class_key(self.db, name.strip()), [name])
        self._are_classes_added = True

    def _class_column(self, row: ReadRow, text: str) -> str:
        role = Role.LABEL if row.label == text else Role.PREDICTION
        return next(field.name for field in self.project.fields if field.role is role)

    def _class_id(self, text: str) -> int | None:
        known = self.vocabulary.find(text)
        if known is not None or not self.vocabulary.is_open:
            return known
        if len(self.vocabulary.ids) >= MOST_CLASSES:
            raise BadInput(
                _(
                    "The label column has more than {most_classes:,} different values. Is it really the "
                    "label? Give that column another role."
                ).format(most_classes=MOST_CLASSES)
            )
        class_id = ensure_class_key(self.db, text.strip())
        self.vocabulary.add(class_id, [text])
        return class_id

    def _staged(self, candidate: Candidate, earlier: EarlierItem | None) -> StagedItem | None:
        row, fields, hashed = candidate
        if earlier and self._is_same(candidate, earlier):
            return None
        class_id = self._class_id(row.label) if row.label else None
        revision = earlier.revision + 1 if earlier else 1
        if earlier and earlier.holds(row.fields):
            hashed = earlier.input_hash  # a label alone is new: what people decided about this content stands
        elif self.project.group_rule != "inputs":
            hashed = own_hash(row.external_id, revision)
        text = item_text(row.external_id, [one for name, one in row.fields.items() if name not in self._covers])
        return StagedItem(row.number, row.external_id, revision, hashed, class_id, fields, text)

    def _images(self, first_id: int, rows: Sequence[ReadRow]) -> Iterator[ItemImage]:
        for item_id, row in enumerate(rows if self._image_names else (), start=first_id):
            for name in self._image_names:
                image = ImageRef.parse(row.fields[name])
                if image:
                    yield ItemImage(item_id, name, image.sha256, image.kind)

    def _is_same(self, candidate: Candidate, earlier: EarlierItem) -> bool:
        label = candidate.row.label
        is_label_same = not label or self._class_id(label) == earlier.imported_class_id
        return is_label_same and earlier.holds(candidate.row.fields)

    def _add_predictions(self, rows: Sequence[tuple[int, ReadRow]]) -> None:
        """Write the answers of an existing model that rows bring, by item id; of records that are as before, too."""
        predicted = [(item_id, row) for item_id, row in rows if row.prediction]
        if not predicted:
            return
        version_id = self._external_version()
        values = []
        for item_id, row in predicted:
            class_id, confidence = self._class_id(row.prediction or ""), row.confidence
            values.append((item_id, class_id, confidence, None, None, None, confidence, confidence))
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


def require_never_retired(db: Database, name: str) -> None:
    """Nothing, unless a class of that name or key is out of use.

    Raises
    ------
    BadInput
        It is.
    """
    vocabulary = ClassVocabulary(is_open=False)
    vocabulary.add_classes(one for one in list_classes(db) if one.retired)
    if vocabulary.find(name) is not None:
        message = _("'{name}' is a class that was retired. Bring it back in the settings, then import with it.")
        raise BadInput(message.format(name=name))


def open_vocabulary(db: Database) -> ClassVocabulary:
    """The classes in use, by their names; open to new ones while the project has none of its own."""
    revised = list_classes(db)
    vocabulary = ClassVocabulary(is_open=not revised)
    in_use = [label_class for label_class in revised if not label_class.retired]
    vocabulary.add_classes(in_use)
    if not revised:
        for class_id, key in founding_classes(db):
            vocabulary.add(class_id, [key])
    return vocabulary


def _with_cells(reject: Reject, rows: Mapping[int, Row]) -> Reject:
    row = None if reject.cells else rows.get(reject.row)
    return reject_row(row, reject.field, reject.message) if row else reject
