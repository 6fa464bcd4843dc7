"""Doctor: a project is examined, and what is derived is made anew from the facts."""

from pathlib import Path

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.artifacts import read_artifact
from hitl.domain.errors import HitlError
from hitl.domain.people import Actor, Permission
from hitl.store import derived
from hitl.store.integrity import find_damage
from hitl.store.versions import list_versions


def examine(db: Database, folder: Path) -> list[str]:
    """What is wrong with a project, a sentence each; empty when all is well. Changes nothing.

    Looked at: the database file, the tables derived from the facts, the model files.
    """
    return [*find_damage(db), *derived.check(db), *_missing_models(db, folder)]


def rebuild(db: Database, *, actor: Actor) -> None:
    """Derive anew what follows from the facts.

    Writes: item_state, queue.
    """
    require(actor, Permission.MANAGE)
    derived.rebuild(db)


def _missing_models(db: Database, folder: Path) -> list[str]:
    found = []
    for version in list_versions(db):
        if version.artifact_sha256 is None:
            continue
        try:
            read_artifact(folder / "artifacts", version.artifact_sha256)
        except HitlError as error:
            found.append(f"{version.name}: {error}")
    return found
