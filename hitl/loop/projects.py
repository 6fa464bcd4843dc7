"""Projects: their settings, label classes and guidelines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import as_maker, require
from hitl.domain.class_looks import ClassLook, complain_of_looks
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput
from hitl.domain.fields import DERIVED_ROLES, Field, Role, learned_fields, usual_group_rule
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import LabelClass, Project
from hitl.store.audit import append, span_of
from hitl.store.connection import new_project_database, project_folder, write_transaction
from hitl.store.desk_audit import recorded_on_desk
from hitl.store.events import latest_event_id
from hitl.store.memberships import begin_memberships
from hitl.store.policies import add_policy
from hitl.store.projects import (
    add_class_look,
    add_class_revision,
    add_project_revision,
    ensure_class_key,
    list_classes,
    read_project,
    retired_class_ids,
)
from hitl.store.routing import begin_routing, route_at_once

METRICS = ("accuracy", "macro_f1", "balanced_accuracy")
GROUP_RULES = ("inputs", "item")
FIRST_THRESHOLD = 0.9
FIRST_AUDIT_RATE = 0.02
LEASE_SECONDS = 900

_SINGLE_ROLES = (Role.ID, Role.LABEL, Role.PREDICTION, Role.CONFIDENCE)


@dataclass(frozen=True)
class ClassDraft:
    """A class as it shall be; ``key`` is None for a new one, ``look`` where it stays as it is."""

    key: str | None
    name: str
    guideline: str = ""
    retired: bool = False
    look: ClassLook | None = None


def create_project(
    data_dir: Path,
    *,
    slug: str,
    name: str,
    fields: Sequence[Field],
    class_names: Sequence[str] = (),
    guidelines: Mapping[str, str] | None = None,
    guide: str = "",
    metric: str = "accuracy",
    group_rule: str | None = None,
    audit_rate: float = FIRST_AUDIT_RATE,
    actor: Actor,
    now: datetime,
) -> None:
    """Make a project with its columns' roles, classes and a first routing policy; who makes it owns it.

    Writes: project_revisions, classes, class_revisions, events, policies, audit_log in a new project.db;
    audit_log and memberships of tandem.db.

    Raises
    ------
    BadInput
        The roles, classes or settings do not make a project.
    Conflict
        The slug is taken.
    """
    maker = as_maker(actor)
    project = _checked(name, guide, metric, group_rule, tuple(fields))
    texts = guidelines or {}
    drafts = [ClassDraft(None, class_name, texts.get(class_name, "")) for class_name in class_names]
    project_folder(data_dir, slug)  # a name that can't be one is refused before anything is written
    at, made = utc_text(now), recorded_on_desk(data_dir, actor, "create_project", subject=f"project:{slug}", now=now)
    with made as tandem, new_project_database(data_dir, slug) as db, write_transaction(db):
        begin_memberships(tandem, slug=slug, maker=actor)
        add_project_revision(db, project, actor_id=actor.id, at=at)
        append(db, actor, "create_project", subject=f"project:{slug}", now=now)
        save_classes(db, classes=drafts, actor=maker, now=now)
        _add_first_policy(db, audit_rate=audit_rate, actor_id=actor.id, at=at)


def save_classes(db: Database, *, classes: Sequence[ClassDraft], actor: Actor, now: datetime) -> None:
    """Bring the label classes to the given list, in its order; what changed gets a revision.

    A class that is not in the list stays as it is: retire it instead. Items are routed anew when a class goes out of
    use or comes back. Writes: classes, events, class_revisions, class_looks; and as ``reroute``.

    Raises
    ------
    BadInput
        A name is empty or stands twice, or a shortcut does.
    """
    require(actor, Permission.MANAGE)
    _check_names(classes)
    with write_transaction(db):
        present = {label_class.key: label_class for label_class in list_classes(db)}
        _check_looks(classes, present)
        newest = latest_event_id(db)
        out_of_use = retired_class_ids(db, newest)
        for position, draft in enumerate(classes):
            key = draft.key or _new_key(draft.name.strip(), present, {one.key for one in classes})
            _save_class(db, draft, key=key, before=present.get(key), position=position, actor=actor, at=utc_text(now))
        if {one.key: one for one in list_classes(db)} != present:
            details = span_of(range(newest + 1, latest_event_id(db) + 1))
            append(db, actor, "save_classes", details=details, now=now)
        if out_of_use != retired_class_ids(db, latest_event_id(db)) and present:
            begin_routing(db, at=utc_text(now))
            route_at_once(db, at=utc_text(now))


def move_class(db: Database, *, key: str, step: int, actor: Actor, now: datetime) -> None:
    """Move a class by ``step`` places in the order, up when it is negative; at an end it stays.

    Writes: as ``save_classes``.

    Raises
    ------
    BadInput
        There is no such class.
    """
    require(actor, Permission.MANAGE)
    with write_transaction(db):
        drafts = _present_drafts(db, key)
        place = [draft.key for draft in drafts].index(key)
        drafts.insert(min(max(place + step, 0), len(drafts) - 1), drafts.pop(place))
        save_classes(db, classes=drafts, actor=actor, now=now)


def set_guideline(db: Database, *, key: str, guideline: str, actor: Actor, now: datetime) -> None:
    """Say anew when a class applies; the rest of it stays.

    Writes: as ``save_classes``.

    Raises
    ------
    BadInput
        There is no such class.
    """
    require(actor, Permission.MANAGE)
    with write_transaction(db):
        drafts = _present_drafts(db, key)
        changed = [replace(one, guideline=guideline) if one.key == key else one for one in drafts]
        save_classes(db, classes=changed, actor=actor, now=now)


def set_guide(db: Database, *, name: str, guide: str, metric: str, actor: Actor, now: datetime) -> None:
    """Write a revision of the project's name, guide and metric.

    Writes: project_revisions.
    """
    require(actor, Permission.MANAGE)
    with write_transaction(db):
        before = read_project(db)
        project = _checked(name, guide, metric, before.group_rule, before.fields)
        if project != before:
            add_project_revision(db, project, actor_id=actor.id, at=utc_text(now))
            append(db, actor, "set_guide", now=now)


def _add_first_policy(db: Database, *, audit_rate: float, actor_id: int, at: str) -> None:
    add_policy(
        db,
        threshold=FIRST_THRESHOLD,
        audit_rate=audit_rate,
        reviews_required=1,
        lease_seconds=LEASE_SECONDS,
        query_strategy="default",
        reason=_("The first policy of a new project"),
        actor_id=actor_id,
        at=at,
    )


def _present_drafts(db: Database, key: str) -> list[ClassDraft]:
    drafts = [ClassDraft(one.key, one.name, one.guideline, one.retired) for one in list_classes(db)]
    if key not in {draft.key for draft in drafts}:
        raise BadInput(_("There is no such class any more. Reload the page."))
    return drafts


def _save_class(
    db: Database,
    draft: ClassDraft,
    *,
    key: str,
    before: LabelClass | None,
    position: int,
    actor: Actor,
    at: str,
) -> None:
    name, guideline, class_id = draft.name.strip(), draft.guideline.strip(), ensure_class_key(db, key)
    wanted = (name, guideline, position, draft.retired)
    if before is None or wanted != (before.name, before.guideline, before.position, before.retired):
        add_class_revision(
            db,
            class_id=class_id,
            name=name,
            guideline=guideline,
            position=position,
            retired=draft.retired,
            source="rule",
            import_id=None,
            actor_id=actor.id,
            request_id=None,
            at=at,
        )
    if draft.look is not None and draft.look != (ClassLook(before.colour, before.shortcut) if before else ClassLook()):
        look = draft.look
        add_class_look(db, class_id=class_id, colour=look.colour, shortcut=look.shortcut, actor_id=actor.id, at=at)


def _new_key(name: str, present: Mapping[str, LabelClass], named: Collection[str | None]) -> str:
    """The name itself, unless it is the key of a class that has another name now; keys are for ever."""
    number, key = 2, name
    while key in named or (key in present and present[key].name != name):
        number, key = number + 1, f"{name} {number}"
    return key


def _checked(name: str, guide: str, metric: str, group_rule: str | None, fields: tuple[Field, ...]) -> Project:
    if not name.strip():
        raise BadInput(_("A project needs a name. Give it the name its people use."))
    if metric not in METRICS:
        raise BadInput(
            _("'{metric}' is no metric. Choose one of {metrics}.").format(metric=metric, metrics=", ".join(METRICS))
        )
    _check_fields(fields)
    rule = group_rule or usual_group_rule(fields)
    if rule not in GROUP_RULES:
        raise BadInput(
            _("'{rule}' is no rule for groups. Choose one of {group_rules}.").format(
                rule=rule, group_rules=", ".join(GROUP_RULES)
            )
        )
    return Project(name.strip(), guide.strip(), metric, rule, fields)


def _check_fields(fields: tuple[Field, ...]) -> None:
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(_("The column '{twice}' has two roles. Give it one.").format(twice=twice[0]))
    if not learned_fields(fields):
        raise BadInput(
            _("No column is to be learned from. Give at least one column the role text, number, category or image.")
        )
    for role in _SINGLE_ROLES:
        found = [field.name for field in fields if field.role is role]
        if len(found) > 1:
            raise BadInput(
                _("Only one column can have the role {value}; found {found}.").format(
                    value=role.value, found=", ".join(found)
                )
            )
    roles = {field.role for field in fields}
    if roles & DERIVED_ROLES:
        raise BadInput(_("No column can have the role embedding: it is computed from texts. Give it the role text."))
    if Role.CONFIDENCE in roles and Role.PREDICTION not in roles:
        raise BadInput(
            _("A column has the role confidence but none the role prediction. Name the column with the answers.")
        )


def _check_looks(classes: Sequence[ClassDraft], present: Mapping[str, LabelClass]) -> None:
    named = {draft.key: draft for draft in classes}
    others = [one for key, one in present.items() if key not in named and not one.retired]
    looks = [(one.name, ClassLook(one.colour, one.shortcut)) for one in others]
    for draft in classes:
        before = present.get(draft.key or "")
        kept = ClassLook(before.colour, before.shortcut) if before else ClassLook()
        if not draft.retired:
            looks.append((draft.name.strip(), draft.look or kept))
    complaint = complain_of_looks(looks)
    if complaint:
        raise BadInput(complaint)


def _check_names(classes: Sequence[ClassDraft]) -> None:
    names = [draft.name.strip() for draft in classes if not draft.retired]
    if "" in names:
        raise BadInput(_("A class has no name. Write one, or remove the line."))
    folded = [name.casefold() for name in names]
    twice = [name for name in names if folded.count(name.casefold()) > 1]
    if twice:
        raise BadInput(
            _("The class '{twice}' stands twice. Class names must differ by more than capital letters.").format(
                twice=twice[0]
            )
        )
