"""Withdraw: a wrong import goes as a whole, by a fact; what it had replaced stands again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store import withdrawals as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.items import read_import

SAMPLE_ITEMS = 5


@dataclass(frozen=True)
class WithdrawalPlan:
    """What a withdrawal would take away, before it happens.

    Attributes
    ----------
    item_count, returning_count : int
        Items that would vanish; earlier revisions that would stand again.
    label_count, decision_count : int
        Labels that came with it, and decisions of people on its items: they stay as facts and are not learned from.
    sample : tuple of (str, str)
        Some items: id and content.
    """

    import_id: int
    file_name: str
    item_count: int
    returning_count: int
    label_count: int
    decision_count: int
    sample: tuple[tuple[str, str], ...]


def plan_withdrawal(db: Database, import_id: int) -> WithdrawalPlan:
    """What withdrawing an import would take away. Changes nothing.

    Raises
    ------
    NotFound
        There is no such import.
    Conflict
        It is not published, or is withdrawn wholly already.
    """
    present = _require_standing(db, import_id)
    counts = store.count_effects(db, import_id)
    sample = tuple(
        (row["external_id"], " · ".join(str(value) for value in json.loads(row["fields"]).values() if value))
        for row in store.sample_items(db, import_id, limit=SAMPLE_ITEMS)
    )
    return WithdrawalPlan(
        import_id,
        present["file_name"],
        counts["items"],
        counts["back"],
        counts["labels"],
        counts["decisions"],
        sample,
    )


def withdraw_import(db: Database, *, import_id: int, reason: str, request_id: str, actor: Actor, now: datetime) -> None:
    """Take a published import away as a whole; asked again it finishes what was cut off, or changes nothing.

    The fact is written first: from then on none of its labels counts, and decisions of people stay. In small steps
    after it its items leave lists, queue, search and training; earlier revisions that they replaced stand again;
    answers given for its items end with the reason *withdrawn*.

    Writes: import_withdrawals, withdrawal_ends, assignments, release_ends, releases, item_state, queue.

    Raises
    ------
    BadInput
        No reason is given.
    NotFound
        There is no such import.
    Conflict
        It is not published, or was withdrawn wholly by another request.
    """
    require(actor, Permission.IMPORT)
    if not reason.strip():
        raise BadInput(_("Say in a few words why the import is withdrawn."))
    at = utc_text(now)
    with write_transaction(db):
        known = store.find_withdrawal(db, import_id)
        if not known or known["request_id"] != request_id:
            _require_standing(db, import_id)
        if not known:
            store.add_withdrawal(db, import_id, reason=reason.strip(), request_id=request_id, actor_id=actor.id, at=at)
            append(db, actor, "withdraw_import", subject=f"import:{import_id}", now=now)
    store.withdraw_in_steps(db, at=at)


def finish_withdrawals(
    db: Database,
    *,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> None:
    """Take away what is left of withdrawn imports, in small steps; people decide meanwhile.

    System only: the withdrawal was permitted when its fact was written. ``tick`` may raise to stop.
    Writes: withdrawal_ends, assignments, release_ends, releases, item_state, queue.
    """
    store.withdraw_in_steps(db, at=utc_text(now), tick=tick)


def find_unfinished_withdrawal(db: Database) -> str | None:
    """What names a withdrawal that was cut off, for the job that finishes it; None when none was.

    Changes nothing.
    """
    left = store.unfinished_withdrawals(db)
    return f"withdraw-{left[0]}" if left else None


def _require_standing(db: Database, import_id: int) -> dict[str, str]:
    present = read_import(db, import_id)
    if present["outcome"] != "published":
        unpublished = _("The import of {file} is not published, so there is nothing to withdraw.")
        raise Conflict(unpublished.format(file=present["file_name"]))
    if store.find_withdrawal(db, import_id) and import_id not in store.unfinished_withdrawals(db):
        raise Conflict(_("The import of {file} is withdrawn already.").format(file=present["file_name"]))
    return present
