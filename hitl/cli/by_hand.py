"""begin · add: a project without a file, and one item typed in."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from hitl.cli.app import Desk, Json, Project, tell
from hitl.cli.roles import Category, Id, Label, Link, Number, Shown, Slice, Text
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.fields import Field
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.ingest import add_item
from hitl.loop.projects import create_project
from hitl.views.by_hand import MADE_ROLES, read_class_lines
from hitl.views.projects import propose_slug


def begin(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the project is called.")],
    text: Text = None,
    number: Number = None,
    category: Category = None,
    label: Label = None,
    id_: Id = None,
    slice_: Slice = None,
    shown: Shown = None,
    link: Link = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="NAME[: WHEN]", help="A class, and when it applies.")
    ] = None,
    guide: Annotated[str, typer.Option(help="Two or three sentences that reviewers read.")] = "",
    as_json: Json = False,
) -> None:
    """Make a project without a file: its columns, classes and guide.

    Items come later, by `ingest` or `add`.
    """
    desk: Desk = context.obj
    columns = dict(zip(MADE_ROLES, (text, number, category, label, id_, slice_, shown, link), strict=True))
    fields = [Field(column, role) for role, names in columns.items() for column in names or ()]
    slug = _make(desk, name, fields, read_class_lines("\n".join(class_ or ())), guide)
    tell(
        {"slug": slug, "name": name},
        _("Project '{name}' is made; its short name is {slug}.").format(name=name, slug=slug),
        as_json=as_json,
    )


def add(
    context: typer.Context,
    project: Project,
    values: Annotated[list[str], typer.Argument(metavar="COLUMN=VALUE...", help="What the item holds.")],
    request_id: Annotated[str, typer.Option(help="The same id again adds one item.")] = "",
    as_json: Json = False,
) -> None:
    """Add one item, held to the same rules as a row of a file."""
    desk: Desk = context.obj
    pairs = [value.partition("=") for value in values]
    wrong = [value for value, equals, _rest in pairs if not equals]
    if wrong:
        raise BadInput(
            _("'{wrong}' is no value. Write COLUMN=VALUE, for example text='Where is my parcel?'").format(
                wrong=wrong[0][:60]
            )
        )
    with desk.project(project) as db:
        summary = add_item(
            db,
            values={column: value for column, _equals, value in pairs},
            request_id=request_id or f"cli-{uuid.uuid4()}",
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
    done = {"new": summary.new, "changed": summary.changed, "unchanged": summary.unchanged}
    words = _("Added.") if summary.new else _("Changed.") if summary.changed else _("It was there already, as it is.")
    tell(done, words, as_json=as_json)


def _make(desk: Desk, name: str, fields: Sequence[Field], guidelines: Mapping[str, str], guide: str) -> str:
    slug = propose_slug(name)
    create_project(
        desk.data_dir,
        slug=slug,
        name=name,
        fields=fields,
        class_names=tuple(guidelines),
        guidelines=guidelines,
        guide=guide,
        actor=LOCAL_OWNER,
        now=utc_now(),
    )
    return slug
