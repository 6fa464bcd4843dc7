"""How the scheduled back-ups stand, in one sentence for whoever runs the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import may
from hitl.domain.clock import parse_utc
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.loop.backup_turns import LATE_AFTER, BackupState, read_backup_state
from hitl.views.wording import ago, plain


@dataclass(frozen=True)
class BackupNote:
    """The sentence, as safe Markdown, and whether somebody has to do something."""

    text: str
    is_trouble: bool


def read_backup_note(tandem: Database, actor: Actor, *, now: datetime) -> BackupNote | None:
    """What to say of the back-ups; None to those who can't mend them, and where none were ever due."""
    if not may(actor, Permission.OPERATE):
        return None
    state = read_backup_state(tandem)
    if state.done_at is None and state.error is None:
        return None
    is_late = state.done_at is not None and now - parse_utc(state.done_at) > LATE_AFTER
    return BackupNote(_sentence(state, now), is_late or state.error is not None)


def _sentence(state: BackupState, now: datetime) -> str:
    last = _("never") if state.done_at is None else ago(state.done_at, now)
    if state.error is None:
        return _("Last back-up: {last}.").format(last=plain(last))
    return _("Last back-up: {last}. The last try failed: {error}").format(last=plain(last), error=plain(state.error))
