"""Whose names the people of a project see, by the latest word on it."""

from sqlite_utils import Database

from hitl.domain.people import ShowNames
from hitl.store.connection import fetch_value


def current_show_names(db: Database) -> ShowNames:
    """Who sees names in the project; everybody, where nobody ever said."""
    found = fetch_value(db, "SELECT show_names FROM name_rules ORDER BY id DESC LIMIT 1")
    return ShowNames(found) if found else ShowNames.EVERYONE


def add_name_rule(db: Database, show_names: ShowNames, *, actor_id: int, at: str) -> int:
    """The id of a new word on it. Writes: name_rules."""
    return int(
        fetch_value(
            db,
            "INSERT INTO name_rules(show_names, actor_id, at) VALUES (?, ?, ?) RETURNING id",
            (show_names.value, actor_id, at),
        )
    )
