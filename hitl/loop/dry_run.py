"""Dry run: what an import would bring, row by row, with nothing kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.errors import BadInput
from hitl.domain.fields import LEARNED_ROLES, Field, Role
from hitl.domain.identity import input_hash, own_hash
from hitl.domain.images import ImageRef, model_input
from hitl.domain.import_check import (
    MOST_LABELS,
    SHOWN_GROUPS,
    SHOWN_REJECTS,
    SHOWN_ROWS,
    DecidedOtherwise,
    Finding,
    IdenticalGroup,
    ImportCheck,
    LabelConflict,
    LabelCount,
    UnknownLabel,
)
from hitl.domain.import_choices import ChangedPolicy, ImportChoices, changed_message, with_labels
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.record_reading import ClassVocabulary, ReadRow, missing_columns, read_row
from hitl.domain.redaction import redacted_message
from hitl.domain.rows import Reject, Row, reject_row, row_number
from hitl.store.projects import list_classes, read_project
from hitl.store.reads_imports import decided_inputs, labels_of_inputs
from hitl.store.staged_items import EarlierItem, earlier_items
from hitl.store.staging import MOST_CLASSES, open_vocabulary, require_never_retired
from hitl.store.tallies import FileTallies, TalliedRow

CHUNK_ROWS = 5_000
_EXAMPLE_LENGTH = 80


@dataclass(frozen=True)
class Ground:
    """What a file is compared with: a project, or the plan of a new one."""

    fields: tuple[Field, ...]
    group_rule: str
    vocabulary: ClassVocabulary
    db: Database | None = None
    class_names: Mapping[int, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()


def ground_of(db: Database, choices: ImportChoices) -> Ground:
    """A project as it stands, with the classes that the choices add. Changes nothing.

    Raises
    ------
    BadInput
        A class to be added was retired.
    """
    project = read_project(db)
    classes = list_classes(db)
    for name in choices.new_classes:
        require_never_retired(db, name)
    return Ground(
        fields=project.fields,
        group_rule=project.group_rule,
        vocabulary=_with_new(open_vocabulary(db), choices),
        db=db,
        class_names={label_class.id: label_class.name for label_class in classes},
        retired=frozenset(one.name.strip().casefold() for one in classes if one.retired),
    )


def planned_ground(
    fields: Sequence[Field], *, class_names: Sequence[str], group_rule: str, choices: ImportChoices
) -> Ground:
    """A project that is not made yet."""
    vocabulary = ClassVocabulary(is_open=not class_names)
    for number, name in enumerate(class_names, start=1):
        vocabulary.add(number, [name])
    return Ground(tuple(fields), group_rule, _with_new(vocabulary, choices))


def check_rows(
    ground: Ground,
    rows: Iterable[Row | Reject],
    *,
    choices: ImportChoices,
    actor: Actor,
    tick: Callable[[int], None] = lambda row: None,  # noqa: ARG005
    on_reject: Callable[[Reject], None] = lambda reject: None,  # noqa: ARG005
) -> ImportCheck:
    """What an import of the rows would bring; nothing is written but a temporary file.

    Parameters
    ----------
    tick : callable
        Told the last row after each chunk; may raise to stop.
    on_reject : callable
        Told every row that would be left out, in order.

    Raises
    ------
    BadInput
        The file does not fit the project's columns.
    """
    require(actor, Permission.IMPORT)
    checker = _Checker(ground, choices, on_reject)
    remaining = with_labels(rows, ground.fields, choices)
    try:
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            checker.check(chunk)
            tick(row_number(chunk[-1]))
        return checker.conclude()
    finally:
        checker.tallies.close()


@dataclass
class _Counter:
    """Rows of one kind, as they are counted."""

    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.rows) < SHOWN_ROWS:
            self.rows.append(number)

    def found(self) -> Finding:
        return Finding(self.count, tuple(self.rows))


_KINDS = (
    *("new", "changed", "unchanged", "relabelled", "left_out", "empty", "repeated", "refused", "no_class", "broken"),
    *("labelled", "unlabelled", "decided_otherwise", "decided_before"),
)


class _Checker:
    def __init__(self, ground: Ground, choices: ImportChoices, on_reject: Callable[[Reject], None]) -> None:
        self.ground = ground
        self.choices = choices
        self.on_reject = on_reject
        self.tallies = FileTallies()
        self.counters = {kind: _Counter() for kind in _KINDS}
        self.row_count = self.answers = self.identical = 0
        self.unknown: dict[str, _Counter] = {}
        self.founded: dict[str, LabelCount] = {}
        self.rejects: list[Reject] = []
        self.decisions: list[DecidedOtherwise] = []
        self.is_answering = any(one.role is Role.PREDICTION for one in ground.fields)
        self.id_column = next((one.name for one in ground.fields if one.role is Role.ID), "")

    def check(self, chunk: Sequence[Row | Reject]) -> None:
        """Take one chunk into account."""
        self.row_count += len(chunk)
        left: list[tuple[str, Reject]] = []
        read: list[tuple[Row, ReadRow]] = []
        for row in chunk:
            if isinstance(row, Reject):
                left.append(("broken", row))
                continue
            found = self._read(row)
            if isinstance(found, Reject):
                kind = "broken" if any(map(str.strip, row.values.values())) else "empty"
                left.append((kind, reject_row(row, found.field, found.message)))
            else:
                read.append((row, found))
        fitting = self._without_misfits(self._without_repeats(read, left), left)
        self._compare(fitting, left)
        for kind, reject in sorted(left, key=lambda one: one[1].row):
            self._leave_out(kind, reject)

    def conclude(self) -> ImportCheck:
        """What was found in all chunks."""
        tallies = self.tallies
        return ImportCheck(
            row_count=self.row_count,
            **{kind: counter.found() for kind, counter in self.counters.items()},
            answers=self.answers,
            identical=self.identical,
            identical_groups=tuple(
                IdenticalGroup(one["example"], one["size"], one["first_row"], bool(one["is_known"]))
                for one in tallies.identical_groups(limit=SHOWN_GROUPS)
            ),
            conflict_count=tallies.conflict_count(),
            conflicts=tuple(
                LabelConflict(
                    one["example"],
                    tuple(LabelCount(label["label"], label["size"], label["first_row"]) for label in one["labels"]),
                )
                for one in tallies.conflicts(limit=SHOWN_GROUPS)
            ),
            decisions=tuple(self.decisions),
            unknown_labels=tuple(self._unknown(text, counter) for text, counter in self.unknown.items()),
            classes=tuple(sorted(self.founded.values(), key=lambda one: -one.count)),
            rejects=tuple(self.rejects),
        )

    def _read(self, row: Row) -> ReadRow | Reject:
        missing = missing_columns(list(row.values), self.ground.fields)
        if missing:
            raise BadInput(
                _(
                    "The file has no column '{missing}', which this project needs. Its columns are: "
                    "{values}. Rename the column, or import into a new project."
                ).format(missing=missing[0], values=", ".join(row.values))
            )
        return read_row(row, self.ground.fields, id_prefix="")

    def _without_repeats(
        self, read: Sequence[tuple[Row, ReadRow]], left: list[tuple[str, Reject]]
    ) -> list[tuple[Row, ReadRow]]:
        first = self.tallies.first_rows([found.external_id for _, found in read])
        kept: dict[str, tuple[Row, ReadRow]] = {}
        for row, found in read:
            earlier = first.get(found.external_id)
            if earlier is None:
                first[found.external_id] = found.number
                kept[found.external_id] = (row, found)
                continue
            message = _("The id '{external_id}' stands in row {earlier} already.").format(
                external_id=found.external_id, earlier=earlier
            )
            left.append(("repeated", reject_row(row, self.id_column, message)))
        return list(kept.values())

    def _without_misfits(
        self, read: Sequence[tuple[Row, ReadRow]], left: list[tuple[str, Reject]]
    ) -> list[tuple[Row, ReadRow]]:
        fitting = []
        for row, found in read:
            misfit = next((text for text in (found.label, found.prediction) if text and not self._fits(text)), None)
            if misfit is None:
                fitting.append((row, found))
                continue
            role = Role.LABEL if found.label == misfit else Role.PREDICTION
            column = next(one.name for one in self.ground.fields if one.role is role)
            left.append(("no_class", reject_row(row, column, self.ground.vocabulary.complaint(misfit))))
            if misfit in self.unknown or len(self.unknown) < MOST_LABELS:
                self.unknown.setdefault(misfit, _Counter()).add(found.number)
        return fitting

    def _fits(self, text: str) -> bool:
        vocabulary = self.ground.vocabulary
        if vocabulary.find(text) is None and vocabulary.is_open:
            if len(vocabulary.ids) >= MOST_CLASSES:
                raise BadInput(
                    _(
                        "The label column has more than {most_classes:,} different values. Is it really the "
                        "label? Give that column another role."
                    ).format(most_classes=MOST_CLASSES)
                )
            vocabulary.add(-1 - len(vocabulary.ids), [text.strip()])
        return vocabulary.find(text) is not None

    def _compare(self, read: Sequence[tuple[Row, ReadRow]], left: list[tuple[str, Reject]]) -> None:
        known = self._known([found.external_id for _, found in read])
        fresh: list[TalliedRow] = []
        as_before: list[TalliedRow] = []
        replaced: dict[int, int] = {}
        for row, found in read:
            earlier = known.get(found.external_id)
            if earlier and earlier.is_redacted:
                left.append(("refused", Reject(row.number, self.id_column, redacted_message(found.external_id))))
                continue
            kind = self._kind(found, earlier)
            if kind == "changed" and self.choices.changed is ChangedPolicy.REFUSE:
                left.append(("refused", reject_row(row, self.id_column, changed_message(found.external_id))))
                continue
            self.counters[kind].add(found.number)
            if kind == "changed" and self._is_relabelled(found, earlier):
                self.counters["relabelled"].add(found.number)
            tallied = self._tallied(found, earlier)
            (as_before if kind == "unchanged" else fresh).append(tallied)
            if kind == "changed" and earlier and earlier.input_hash != tallied.input_hash:
                replaced[found.number] = earlier.input_hash
            if kind == "unchanged":
                self.answers += bool(found.prediction)
                continue
            self.counters["labelled" if found.label else "unlabelled"].add(found.number)
        self.tallies.add_ids((one.external_id, one.number) for one in fresh)
        self._note_replaced(replaced)
        decided = self._decided([*fresh, *as_before])
        self._tally(fresh, settled=decided)

    def _known(self, external_ids: Sequence[str]) -> Mapping[str, EarlierItem]:
        return earlier_items(self.ground.db, external_ids) if self.ground.db and self.id_column else {}

    def _kind(self, found: ReadRow, known: EarlierItem | None) -> str:
        if known is None or not known.fields:  # all that was known of it was withdrawn
            return "new"
        class_id = self.ground.vocabulary.find(found.label) if found.label else None
        if class_id not in (None, known.imported_class_id):
            return "changed"
        return "unchanged" if known.holds(found.fields) else "changed"

    def _is_relabelled(self, found: ReadRow, known: EarlierItem | None) -> bool:
        before = known.imported_class_id if known else None
        return bool(found.label) and before is not None and self.ground.vocabulary.find(found.label or "") != before

    def _tallied(self, found: ReadRow, known: EarlierItem | None) -> TalliedRow:
        learned = [one.name for one in self.ground.fields if one.role in LEARNED_ROLES]
        inputs = {name: model_input(found.fields[name]) for name in learned}
        revision = known.revision + 1 if known else 1
        if known and known.holds(found.fields):
            hashed = known.input_hash
        elif self.ground.group_rule == "inputs":
            hashed = input_hash(inputs)
        else:
            hashed = own_hash(found.external_id, revision)
        label = self._class_name(found.label) if found.label else ""
        return TalliedRow(found.number, found.external_id, hashed, label, _example(found.fields, learned))

    def _class_name(self, text: str) -> str:
        class_id = self.ground.vocabulary.find(text)
        return self.ground.class_names.get(class_id or 0, text.strip())

    def _note_replaced(self, replaced: Mapping[int, int]) -> None:
        """Rows, by number, whose record people have settled with the inputs it had, by hash, and has no longer."""
        decided = decided_inputs(self.ground.db, list(replaced.values())) if self.ground.db and replaced else {}
        for number in sorted(one for one, hashed in replaced.items() if hashed in decided):
            self.counters["decided_before"].add(number)

    def _decided(self, rows: Sequence[TalliedRow]) -> frozenset[int]:
        """The hashes of inputs that people have settled; rows whose label says otherwise are noted."""
        labelled = [row for row in rows if row.label]
        if self.ground.db is None or not labelled:
            return frozenset()
        decided = decided_inputs(self.ground.db, [row.input_hash for row in labelled])
        names = {hashed: self.ground.class_names.get(class_id or 0, "") for hashed, class_id in decided.items()}
        for row in sorted(labelled, key=lambda one: one.number):
            if row.input_hash in names and names[row.input_hash] != row.label:
                self.counters["decided_otherwise"].add(row.number)
                if len(self.decisions) < SHOWN_GROUPS:
                    self.decisions.append(DecidedOtherwise(row.number, row.example, row.label, names[row.input_hash]))
        return frozenset(names)

    def _tally(self, fresh: Sequence[TalliedRow], *, settled: frozenset[int]) -> None:
        """Take rows into account that would be staged; about content that people have settled nobody is asked."""
        seen = self.tallies.seen_inputs([row.input_hash for row in fresh])
        here = self._here(fresh)
        for row in fresh:
            self.identical += row.input_hash in seen or (row.input_hash, row.external_id) in here
            seen.add(row.input_hash)
        self.tallies.add_known((one, "" if one in settled else label) for (one, _), label in here.items())
        self.tallies.add_rows([replace(row, label="") if row.input_hash in settled else row for row in fresh])
        if self.ground.vocabulary.is_open:
            for row in fresh:
                self._found(row)

    def _here(self, fresh: Sequence[TalliedRow]) -> dict[tuple[int, str], str]:
        """The settled label, or "", of rows whose inputs a record of another id in the project has."""
        if self.ground.db is None:
            return {}
        pairs = [(row.input_hash, row.external_id) for row in fresh]
        names = self.ground.class_names
        return {pair: names.get(class_id or 0, "") for pair, class_id in labels_of_inputs(self.ground.db, pairs)}

    def _found(self, row: TalliedRow) -> None:
        if row.label:
            key = row.label.casefold()
            earlier = self.founded.get(key, LabelCount(row.label, 0, row.number))
            self.founded[key] = replace(earlier, count=earlier.count + 1)

    def _leave_out(self, kind: str, reject: Reject) -> None:
        self.counters[kind].add(reject.row)
        self.counters["left_out"].add(reject.row)
        self.on_reject(reject)
        if len(self.rejects) < SHOWN_REJECTS:
            self.rejects.append(reject)

    def _unknown(self, text: str, counter: _Counter) -> UnknownLabel:
        is_retired = text.strip().casefold() in self.ground.retired
        return UnknownLabel(text, counter.found(), self.ground.vocabulary.nearest(text), is_retired)


def _with_new(vocabulary: ClassVocabulary, choices: ImportChoices) -> ClassVocabulary:
    for number, name in enumerate(choices.new_classes, start=1):
        vocabulary.add(-number, [name])
    return vocabulary


def _example(fields: Mapping[str, object], learned: Sequence[str]) -> str:
    read = [image.path if (image := ImageRef.parse(fields[name])) else fields[name] for name in learned]
    text = " · ".join(" ".join(str(value).split()) for value in read if value not in ("", None))
    return text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…"
