"""The imports of a project, and what withdrawing one would mean, in words."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.domain.language import _, ngettext, plural_later
from hitl.loop.interrupted import InterruptedImport
from hitl.loop.withdraw import WithdrawalPlan
from hitl.store.withdrawals import learned_labels, list_published, withdrawn_files
from hitl.views.formatting import number
from hitl.views.wording import ago

LISTED = 50


@dataclass(frozen=True)
class ImportLine:
    """A published import; ``item_count`` of new and changed items, ``why`` it was withdrawn or None."""

    import_id: int
    file_name: str
    at: str
    item_count: int
    why: str | None


def list_imports(db: Database) -> tuple[ImportLine, ...]:
    """The newest imports first."""
    return tuple(
        ImportLine(row["id"], row["file_name"], row["at"], _item_count(row["summary"]), row["why"])
        for row in list_published(db, limit=LISTED)
    )


def interrupted_text(one: InterruptedImport, *, now: datetime) -> str:
    """Where an import stopped, what is there of it, and what can be done, in sentences."""
    read = ngettext(
        "It stopped {ago} at row {row}: {count} item was read, which nobody sees yet.",
        "It stopped {ago} at row {row}: {count} items were read, which nobody sees yet.",
        one.item_count,
    ).format(ago=ago(one.at, now), row=number(one.last_row), count=number(one.item_count))
    if one.can_go_on:
        return f"{read} {_('Go on from there, or discard what was read.')}"
    return f"{read} {_('Its file is no longer here, so it can only be discarded; then import the file again.')}"


def effects_text(plan: WithdrawalPlan) -> str:
    """What a withdrawal would do, in sentences.

    >>> effects_text(WithdrawalPlan(1, "a.csv", 2, 1, 1, 0, ()))
    '2 items of a.csv would vanish. 1 earlier revision would stand again. 1 label would count no more.'
    """
    gone = ngettext("{count} item of {file} would vanish.", "{count} items of {file} would vanish.", plan.item_count)
    parts = [gone.format(count=number(plan.item_count), file=plan.file_name)]
    counted = (
        (
            plan.returning_count,
            *plural_later(
                "{count} earlier revision would stand again.", "{count} earlier revisions would stand again."
            ),
        ),
        (plan.label_count, *plural_later("{count} label would count no more.", "{count} labels would count no more.")),
        (
            plan.decision_count,
            *plural_later("{count} decision of people on them stays.", "{count} decisions of people on them stay."),
        ),
    )
    parts += [ngettext(one, many, count).format(count=number(count)) for count, one, many in counted if count]
    return " ".join(parts)


def withdrawn_labels_text(db: Database, version_id: int) -> str:
    """That a version learned from labels, or came with a file, withdrawn since; empty where it did not."""
    gone = withdrawn_files(db, version_id)
    if gone:
        return _("It came with {files}, which was withdrawn since.").format(files=", ".join(gone))
    found = learned_labels(db, version_id)
    if not found:
        return ""
    count = sum(row["count"] for row in found)
    files = ", ".join(row["file_name"] for row in found)
    told = ngettext(
        "It learned from {count} label of {files}, which was withdrawn since. Train a new version.",
        "It learned from {count} labels of {files}, which was withdrawn since. Train a new version.",
        count,
    )
    return told.format(count=number(count), files=files)


def _item_count(summary: str) -> int:
    counts = json.loads(summary)
    return int(counts.get("new", 0)) + int(counts.get("changed", 0))
