"""bulk: one decision for many items, what it would do beforehand, and its undoing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, Project, tell
from hitl.cli.item_filter import parse_filter
from hitl.cli.items import find_class
from hitl.cli.jobs import carry_out
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.language import Words, _, later
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.bulk import AT_ONCE, begin_act, finish_act, finish_undoing, undo_act
from hitl.loop.jobs import JobKind
from hitl.store.item_selection import select_item_ids
from hitl.store.items import find_item_id
from hitl.views.bulk import LEFT_OUT_REASONS, BulkPreview, ShownAct, read_act, read_acts, read_bulk_preview
from hitl.views.overview import read_people
from hitl.views.saved_views import list_saved_views
from hitl.views.wording import count_of

_STATES = Words(
    {"stopped": later(" (not finished)"), "undoing": later(" (being undone)"), "undone": later(" (undone)")}
)


@dataclass(frozen=True)
class Choice:
    """Which items, what is done to them and why."""

    kind: BulkKind
    class_name: str
    conditions: Sequence[str]
    items: Sequence[str]
    everything: bool
    view: str
    reason: str


def bulk(
    context: typer.Context,
    project: Project,
    kind: Annotated[BulkKind | None, typer.Argument(metavar="[ACT]", help="confirm|correct|cannot_tell|review")] = None,
    class_name: Annotated[str, typer.Option("--class", metavar="NAME", help="What to correct them to.")] = "",
    conditions: Annotated[
        list[str] | None, typer.Option("--filter", metavar="NAME=VALUE", help="What fits: low=0.9, class=refund, …")
    ] = None,
    items: Annotated[list[str] | None, typer.Option("--item", metavar="ID", help="This item.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All items of the project.")] = False,
    view: Annotated[str, typer.Option(metavar="NAME", help="What fits that saved view.")] = "",
    reason: Annotated[str, typer.Option(help="For the items' history.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change; change nothing.")] = False,
    undo: Annotated[int | None, typer.Option(metavar="NUMBER", help="Take back the act of that number.")] = None,
    as_json: Json = False,
) -> None:
    """Confirm, correct, settle or send back many items as one act.

    Without ACT the latest acts are listed, with the numbers that --undo takes.
    """
    desk: Desk = context.obj
    choice = Choice(kind, class_name, conditions or (), items or (), everything, view, reason) if kind else None
    if undo is not None:
        act = _undo(desk, project, undo)
        tell(_act_json(act), _("Undone: {act}.").format(act=act.text), as_json=as_json)
    elif choice is None:
        _tell_acts(desk, project, as_json=as_json)
    elif dry_run:
        _tell_preview(desk, project, choice, as_json=as_json)
    else:
        act = _do(desk, project, choice)
        tell(_act_json(act), _done_text(act, project), as_json=as_json)


def _done_text(act: ShownAct, project: str) -> str:
    return _("Act {number}: {act}. To take it back: python -m hitl bulk {project} --undo {number}").format(
        number=act.id, act=act.text, project=project
    )


def _do(desk: Desk, slug: str, choice: Choice) -> ShownAct:
    with desk.project(slug) as db:
        item_ids, selection = _select(db, choice)
        act = begin_act(
            db,
            kind=choice.kind,
            class_id=_class_id(db, choice),
            item_ids=item_ids,
            selection=selection,
            comment=choice.reason,
            request_id=f"cli-{uuid.uuid4()}",
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
        if act.group_count <= AT_ONCE:
            finish_act(db, act_id=act.id, actor=LOCAL_OWNER, now=utc_now())
            return _read(desk, db, act.id)
    carry_out(desk, slug=slug, kind=JobKind.BULK, args={"act_id": act.id, "step": "do"})
    with desk.project(slug) as db:
        return _read(desk, db, act.id)


def _undo(desk: Desk, slug: str, act_id: int) -> ShownAct:
    with desk.project(slug) as db:
        known = _read(desk, db, act_id)
        request_id = f"cli-{uuid.uuid4()}"
        if known.state != "undoing":
            undo_act(db, act_id=act_id, request_id=request_id, actor=LOCAL_OWNER, now=utc_now())
        if known.group_count <= AT_ONCE:
            finish_undoing(db, act_id=act_id, actor=LOCAL_OWNER, now=utc_now())
            return _read(desk, db, act_id)
    carry_out(desk, slug=slug, kind=JobKind.BULK, args={"act_id": act_id, "step": "undo"})
    with desk.project(slug) as db:
        return _read(desk, db, act_id)


def _tell_preview(desk: Desk, slug: str, choice: Choice, *, as_json: bool) -> None:
    with desk.project(slug) as db:
        preview = read_bulk_preview(
            db,
            kind=choice.kind,
            class_id=_class_id(db, choice),
            item_ids=_select(db, choice)[0],
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
    result = {
        "items": preview.item_count,
        "becomes": preview.becomes,
        "present": preview.present,
        "decided_by_people": preview.people_count,
        "left_out": preview.left_out,
        "sample": [one.external_id for one in preview.sample],
    }
    tell(result, _preview_text(preview), as_json=as_json)


def _preview_text(preview: BulkPreview) -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in preview.becomes.items())
    lines = [
        _("{item_count} would change. Nothing is changed yet.").format(
            item_count=count_of(preview.item_count, "{count} item", "{count} items")
        )
    ]
    lines += [_("They would be: {counts}.").format(counts=counts)] if counts else []
    if preview.people_count:
        lines.append(
            _("{people_count:,} of them were decided by people before.").format(people_count=preview.people_count)
        )
    lines += [
        _("{count:,} left out: {left_out_reasons}.").format(count=count, left_out_reasons=LEFT_OUT_REASONS[reason])
        for reason, count in preview.left_out.items()
    ]
    lines += [f"  {one.external_id}: {one.label} -> {one.becomes}  {one.excerpt}" for one in preview.sample]
    return "\n".join(lines)


def _tell_acts(desk: Desk, slug: str, *, as_json: bool) -> None:
    with desk.tandem() as tandem, desk.project(slug) as db:
        acts = read_acts(db, people=read_people(tandem))
    lines = [f"{act.id:4}  {act.text}{_STATES.get(act.state, '')}, {act.actor_name}, {act.at[:16]}" for act in acts]
    tell({"acts": [_act_json(act) for act in acts]}, "\n".join(lines) or _("No bulk act yet."), as_json=as_json)


def _read(desk: Desk, db: Database, act_id: int) -> ShownAct:
    with desk.tandem() as tandem:
        act = read_act(db, act_id, people=read_people(tandem))
    if act is None:
        raise NotFound(
            _("There is no bulk act {act_id}. Without --undo the command lists those there are.").format(act_id=act_id)
        )
    return act


def _select(db: Database, choice: Choice) -> tuple[list[int], dict[str, object]]:
    ways = [bool(choice.conditions), bool(choice.items), bool(choice.view), choice.everything]
    if sum(ways) != 1:
        raise BadInput(_("Say which items: with --filter, --item, --view or --all; one of the four."))
    if choice.items:
        return [_item_id(db, item) for item in choice.items], {"ticked": True}
    chosen = _view_of(db, choice.view) if choice.view else parse_filter(db, choice.conditions)
    return select_item_ids(db, chosen), {"filter": chosen.to_json()}


def _view_of(db: Database, name: str) -> ExploreFilter:
    views = {view.name.casefold(): view.chosen for view in list_saved_views(db)}
    if name.casefold() not in views:
        known = ", ".join(view.name for view in list_saved_views(db)) or _("none yet")
        raise NotFound(_("There is no view '{name}'. Views here: {known}.").format(name=name, known=known))
    return views[name.casefold()]


def _item_id(db: Database, item: str) -> int:
    item_id = find_item_id(db, item)
    if item_id is None:
        raise NotFound(_("There is no item '{item}'. Ids are those of the imported file.").format(item=item))
    return item_id


def _class_id(db: Database, choice: Choice) -> int | None:
    if (choice.kind is BulkKind.CORRECT) != bool(choice.class_name):
        raise BadInput(_("To correct items, say to which class with --class; the other acts take none."))
    return find_class(db, choice.class_name).id if choice.class_name else None


def _act_json(act: ShownAct) -> dict[str, Any]:
    return {"act": act.id, "text": act.text, "state": act.state, "by": act.actor_name, "at": act.at}
