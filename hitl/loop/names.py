"""Whose names the people of a project see: everybody's, or only leads and owners know who decided what."""

from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.people import Actor, Permission, ShowNames
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.name_rules import add_name_rule, current_show_names


def set_show_names(db: Database, show_names: ShowNames, *, actor: Actor, now: datetime) -> None:
    """Who sees names in the project from now on; others see numbers. Writes: name_rules, audit_log."""
    require(actor, Permission.MANAGE)
    with write_transaction(db):
        if show_names is not current_show_names(db):
            rule_id = add_name_rule(db, show_names, actor_id=actor.id, at=utc_text(now))
            details = {"rule": rule_id, "kind": show_names.value}
            append(db, actor, "set_show_names", details=details, now=now)
