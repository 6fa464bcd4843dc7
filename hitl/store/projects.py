"""Project settings and label classes, by their revisions."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from hitl.domain.errors import NotFound
from hitl.domain.fields import Field, Role
from hitl.domain.language import _
from hitl.domain.records import LabelClass, Project
from hitl.store.connection import fetch_all, fetch_one, fetch_value

_CURRENT_CLASSES = """
    SELECT classes.id, classes.key, revision.name, revision.guideline, revision.position, revision.retired,
        look.colour, look.shortcut
    FROM classes JOIN class_revisions AS revision ON revision.event_id = (
        SELECT max(event_id) FROM class_revisions WHERE class_id = classes.id)
    LEFT JOIN class_looks AS look ON look.id = (SELECT max(id) FROM class_looks WHERE class_id = classes.id)
    ORDER BY revision.position, classes.id
    """


def read_project(db: Database) -> Project:
    """The settings as of the latest revision."""
    row = fetch_one(db, "SELECT * FROM project_revisions ORDER BY id DESC LIMIT 1")
    if row is None:
        raise NotFound(_("The project has no settings. Run `python -m hitl doctor`."))
    fields = tuple(Field(name=field["name"], role=Role(field["role"])) for field in json.loads(row["fields"]))
    return Project(row["name"], row["guide"], row["metric"], row["group_rule"], fields)


def add_project_revision(db: Database, project: Project, *, actor_id: int, at: str) -> None:
    """Write a revision of the settings."""
    fields = json.dumps([{"name": field.name, "role": field.role.value} for field in project.fields])
    db.execute(
        "INSERT INTO project_revisions(name, guide, metric, group_rule, fields, actor_id, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (project.name, project.guide, project.metric, project.group_rule, fields, actor_id, at),
    )


def list_classes(db: Database) -> list[LabelClass]:
    """All classes with their latest revision, retired ones included, in their order."""
    return [LabelClass(**{**row, "retired": bool(row["retired"])}) for row in fetch_all(db, _CURRENT_CLASSES)]


def active_classes(db: Database) -> list[LabelClass]:
    """The classes that may be given as an answer, in their order."""
    return [label_class for label_class in list_classes(db) if not label_class.retired]


def classes_then(db: Database, watermark: int) -> list[LabelClass]:
    """The classes in use as they were worded after the events up to a watermark, by id, without their looks."""
    rows = fetch_all(
        db,
        """
        SELECT classes.id, classes.key, revision.name, revision.guideline, revision.position, revision.retired
        FROM classes JOIN class_revisions AS revision ON revision.event_id = (
            SELECT max(event_id) FROM class_revisions WHERE class_id = classes.id AND event_id <= ?)
        WHERE NOT revision.retired ORDER BY classes.id
        """,
        (watermark,),
    )
    return [LabelClass(**{**row, "retired": False}) for row in rows]


def retired_class_ids(db: Database, watermark: int) -> set[int]:
    """The classes that were out of use after the events up to a watermark."""
    rows = fetch_all(
        db,
        """
        SELECT class_id FROM class_revisions AS revision WHERE retired = 1 AND event_id = (
            SELECT max(event_id) FROM class_revisions WHERE class_id = revision.class_id AND event_id <= ?)
        """,
        (watermark,),
    )
    return {row["class_id"] for row in rows}


def ensure_class_key(db: Database, key: str) -> int:
    """The id of the class with this key; a new class stays unseen until it has a revision."""
    db.execute("INSERT INTO classes(key) VALUES (?) ON CONFLICT(key) DO NOTHING", (key,))
    return int(fetch_value(db, "SELECT id FROM classes WHERE key = ?", (key,)))


def add_class_revision(
    db: Database,
    *,
    class_id: int,
    name: str,
    guideline: str,
    position: int,
    retired: bool,
    source: str,
    import_id: int | None,
    actor_id: int,
    request_id: str | None,
    at: str,
) -> None:
    """Write a revision of a class, with its own event in the label sequence."""
    event_id = fetch_value(
        db,
        "INSERT INTO events(kind, source, actor_id, class_id, import_id, request_id, at)"
        " VALUES ('class', ?, ?, ?, ?, ?, ?) RETURNING id",
        (source, actor_id, class_id, import_id, request_id, at),
    )
    db.execute(
        "INSERT INTO class_revisions(event_id, class_id, name, guideline, position, retired) VALUES (?, ?, ?, ?, ?, ?)",
        (event_id, class_id, name, guideline, position, int(retired)),
    )


def add_class_look(
    db: Database, *, class_id: int, colour: str | None, shortcut: str | None, actor_id: int, at: str
) -> None:
    """Write how a class looks from now on."""
    db.execute(
        "INSERT INTO class_looks(class_id, colour, shortcut, actor_id, at) VALUES (?, ?, ?, ?, ?)",
        (class_id, colour, shortcut, actor_id, at),
    )


def list_class_revisions(db: Database) -> list[dict[str, Any]]:
    """All revisions of all classes in their order, with ``source, actor_id, at`` of their events."""
    return fetch_all(
        db,
        """
        SELECT revision.class_id, revision.name, revision.guideline, revision.position, revision.retired,
            events.source, events.actor_id, events.at
        FROM class_revisions AS revision JOIN events ON events.id = revision.event_id ORDER BY revision.event_id
        """,
    )


def list_class_looks(db: Database) -> list[dict[str, Any]]:
    """All looks that classes had, in their order: ``class_id, colour, shortcut, actor_id, at``."""
    return fetch_all(db, "SELECT class_id, colour, shortcut, actor_id, at FROM class_looks ORDER BY id")


def unrevised_class_ids(db: Database, class_ids: Sequence[int]) -> list[int]:
    """Those of the given classes that have no revision yet."""
    known = {row["class_id"] for row in fetch_all(db, "SELECT DISTINCT class_id FROM class_revisions")}
    return [class_id for class_id in class_ids if class_id not in known]


def founding_classes(db: Database) -> list[tuple[int, str]]:
    """(id, key) of the classes that an import has named and no revision has shown yet."""
    rows = fetch_all(
        db, "SELECT id, key FROM classes WHERE id NOT IN (SELECT class_id FROM class_revisions) ORDER BY id"
    )
    return [(row["id"], row["key"]) for row in rows]


def class_key(db: Database, class_id: int) -> str:
    """The key of a class, which never changes."""
    return str(fetch_value(db, "SELECT key FROM classes WHERE id = ?", (class_id,)))
