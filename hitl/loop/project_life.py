"""A project's life after its beginning: settings used again, archived and brought back, deleted."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import actor_here, require, require_in
from hitl.domain.audit import Details
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, HitlError, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Project
from hitl.store.audit import append, read_head, span_of
from hitl.store.audit_heads import head_details
from hitl.store.connection import new_project_database, open_project, open_tandem, project_folder, write_transaction
from hitl.store.desk_audit import recorded_on_desk
from hitl.store.encoding import add_encoder_rule, encoder_rule
from hitl.store.events import latest_event_id
from hitl.store.folders import (
    ARCHIVED,
    archive_dir,
    list_archived,
    move_project,
    remove_folder,
    require_project,
    take_away,
    taken_away,
)
from hitl.store.job_moves import find_live_job, move_jobs
from hitl.store.memberships import begin_memberships, end_memberships, move_memberships
from hitl.store.policies import add_policy, current_policy
from hitl.store.projects import (
    add_class_look,
    add_class_revision,
    add_project_revision,
    ensure_class_key,
    list_classes,
    read_project,
)

_DELETED_JOBS = "deleted:"


def duplicate_settings(data_dir: Path, *, slug: str, new_slug: str, new_name: str, actor: Actor, now: datetime) -> None:
    """A new, empty project with the columns, classes, guide, encoder and routing policy of another.

    Writes: project_revisions, classes, class_revisions, events, encoder_rules, policies, audit_log in a new project.db;
    audit_log and memberships of tandem.db.

    Raises
    ------
    NotFound
        There is no such project.
    BadInput
        The new name is empty.
    Conflict
        The new short name is taken.
    """
    require(actor, Permission.MANAGE)
    require(actor, Permission.CREATE_PROJECT)
    if not new_name.strip():
        raise BadInput(_("The new project needs a name. Give it the name its people use."))
    at, origin = utc_text(now), {"from_project": project_folder(data_dir, slug).name}
    project_folder(data_dir, new_slug)  # a name that can't be one is refused before anything is written
    made = recorded_on_desk(
        data_dir, actor, "duplicate_project", subject=f"project:{new_slug}", details=origin, now=now
    )
    with (
        made as tandem,
        _opened(data_dir, slug) as old,
        new_project_database(data_dir, new_slug) as new,
        write_transaction(new),
    ):
        require_in(tandem, actor, slug, Permission.MANAGE)
        begin_memberships(tandem, slug=new_slug, maker=actor)
        before = read_project(old)
        project = Project(new_name.strip(), before.guide, before.metric, before.group_rule, before.fields)
        add_project_revision(new, project, actor_id=actor.id, at=at)
        _copy_classes(old, new, actor_id=actor.id, at=at)
        _copy_encoder(old, new, actor_id=actor.id, at=at)
        details: Details = {**origin, **span_of(range(1, latest_event_id(new) + 1))}
        append(new, actor, "duplicate_project", subject=f"project:{new_slug}", details=details, now=now)
        _copy_policy(old, new, reason=_("As in '{name}'").format(name=before.name), actor_id=actor.id, at=at)


def archive_project(data_dir: Path, *, slug: str, actor: Actor, now: datetime) -> None:
    """The project leaves the desk with all it holds, until it is brought back; nothing in it can be changed meanwhile.

    Its members are its members again when it comes back. Writes: jobs, memberships, audit_log; moves the project's
    folder.

    Raises
    ------
    NotFound
        There is no such project.
    Conflict
        A job is under way in it, or an archived project has that short name.
    """
    require(actor, Permission.MANAGE)
    with _at_rest(data_dir, slug) as tandem:
        require_in(tandem, actor, slug, Permission.MANAGE)
        folder = require_project(data_dir, slug)
        if slug in list_archived(data_dir):
            raise Conflict(
                _(
                    "An archived project is called '{slug}' too. First bring that one back under another "
                    "short name: `python -m hitl reopen {slug} --as NAME`."
                ).format(slug=slug)
            )
        append(
            tandem, actor, "archive_project", subject=f"project:{slug}", details=_end_of_log(data_dir, slug), now=now
        )
        move_project(folder, project_folder(archive_dir(data_dir), slug))
        _rename(tandem, slug, f"{ARCHIVED}{slug}")


def bring_back_project(data_dir: Path, *, slug: str, new_slug: str | None = None, actor: Actor, now: datetime) -> str:
    """The short name under which the archived project stands among the others again, as it was.

    The actor's role is that in the archived project. Writes: jobs, memberships, audit_log; moves the project's folder.

    Raises
    ------
    NotFound
        No archived project has that short name.
    Conflict
        A project in use has it.
    """
    require(actor, Permission.MANAGE)
    folder = project_folder(archive_dir(data_dir), slug)
    chosen = new_slug or slug
    target = project_folder(data_dir, chosen)
    with _at_rest(data_dir, chosen) as tandem:
        if not folder.exists() or actor_here(tandem, actor, f"{ARCHIVED}{slug}").role is None:
            raise NotFound(_("There is no archived project '{slug}'.").format(slug=slug))
        require_in(tandem, actor, f"{ARCHIVED}{slug}", Permission.MANAGE)
        origin = {"from_project": slug}
        append(tandem, actor, "bring_back_project", subject=f"project:{chosen}", details=origin, now=now)
        move_project(folder, target)
        _rename(tandem, f"{ARCHIVED}{slug}", chosen)
    return chosen


def delete_project(data_dir: Path, *, slug: str, typed_name: str, actor: Actor, now: datetime) -> None:
    """The project and all it held are gone, at once and for good; a deletion that was cut off is ended.

    Nobody is a member of a later project of that name because of this one. Writes: jobs, memberships, audit_log;
    removes the project's folder.

    Raises
    ------
    BadInput
        What was typed is not the project's name.
    NotFound
        There is no such project.
    Conflict
        A job is under way in it.
    """
    require(actor, Permission.MANAGE)
    if _end_deletions(data_dir, slug, actor=actor, now=now):
        return
    with _at_rest(data_dir, slug) as tandem:
        require_in(tandem, actor, slug, Permission.MANAGE)
        name = _name_to_type(data_dir, slug)
        if typed_name.strip() != name:
            raise BadInput(
                _("To delete the project, type its name exactly: {name}. Nothing was deleted.").format(name=name)
            )
        append(tandem, actor, "delete_project", subject=f"project:{slug}", now=now)
        removed = take_away(require_project(data_dir, slug))
        move_jobs(tandem, slug=slug, to_slug=_name_after_deletion(removed))
        end_memberships(tandem, slug=slug)
    remove_folder(removed)


@contextmanager
def _opened(data_dir: Path, slug: str) -> Iterator[Database]:
    db = open_project(data_dir, slug)
    try:
        yield db
    finally:
        db.conn.close()


@contextmanager
def _at_rest(data_dir: Path, slug: str) -> Iterator[Database]:
    """The jobs, while nobody can ask for another one and none is under way in the project."""
    tandem = open_tandem(data_dir)
    try:
        with write_transaction(tandem):
            job = find_live_job(tandem, slug)
            if job:
                raise Conflict(
                    _("Job {id} ({kind}) is under way in '{slug}'. Wait for it, or cancel it first.").format(
                        id=job.id, kind=job.kind, slug=slug
                    )
                )
            yield tandem
    finally:
        tandem.conn.close()


def _end_of_log(data_dir: Path, slug: str) -> Details:
    """The end of the project's own log; empty where the project can't be opened any more."""
    with suppress(HitlError), _opened(data_dir, slug) as db:
        return head_details(read_head(db))
    return {}


def _end_deletions(data_dir: Path, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Whether the project was gone already, all but its rest: then that is removed as well."""
    left = [folder for folder, name in taken_away(data_dir).items() if name == slug]
    is_gone = bool(left) and not project_folder(data_dir, slug).exists()
    if is_gone:
        with _at_rest(data_dir, slug) as tandem:
            append(tandem, actor, "delete_project", subject=f"project:{slug}", now=now)
            move_jobs(tandem, slug=slug, to_slug=_name_after_deletion(left[0]))
            end_memberships(tandem, slug=slug)
    for folder in left:
        remove_folder(folder)
    return is_gone


def _rename(tandem: Database, slug: str, to_slug: str) -> None:
    """What is said of the project on the desk, under its other name."""
    move_jobs(tandem, slug=slug, to_slug=to_slug)
    move_memberships(tandem, slug=slug, to_slug=to_slug)


def _name_after_deletion(removed: Path) -> str:
    """What the ended jobs of a deleted project stand under: no project can ever have that short name."""
    return f"{_DELETED_JOBS}{removed.name.removeprefix('.deleting-')}"


def _name_to_type(data_dir: Path, slug: str) -> str:
    """The project's name; of one that can't be opened any more, its short name."""
    require_project(data_dir, slug)
    try:
        with _opened(data_dir, slug) as db:
            return read_project(db).name
    except HitlError:
        return slug


def _copy_classes(old: Database, new: Database, *, actor_id: int, at: str) -> None:
    for label_class in list_classes(old):
        class_id, look = ensure_class_key(new, label_class.key), (label_class.colour, label_class.shortcut)
        if any(look):
            add_class_look(new, class_id=class_id, colour=look[0], shortcut=look[1], actor_id=actor_id, at=at)
        add_class_revision(
            new,
            class_id=class_id,
            name=label_class.name,
            guideline=label_class.guideline,
            position=label_class.position,
            retired=label_class.retired,
            source="rule",
            import_id=None,
            actor_id=actor_id,
            request_id=None,
            at=at,
        )


def _copy_encoder(old: Database, new: Database, *, actor_id: int, at: str) -> None:
    """Nothing where nobody ever said anything: the usual holds in both."""
    rule = encoder_rule(old)
    if rule.id:
        add_encoder_rule(new, is_on=rule.is_on, encoder=rule.encoder, actor_id=actor_id, at=at)


def _copy_policy(old: Database, new: Database, *, reason: str, actor_id: int, at: str) -> None:
    policy = current_policy(old)
    add_policy(
        new,
        threshold=policy.threshold,
        audit_rate=policy.audit_rate,
        reviews_required=policy.reviews_required,
        lease_seconds=policy.lease_seconds,
        query_strategy=policy.query_strategy,
        reason=reason,
        actor_id=actor_id,
        at=at,
    )
