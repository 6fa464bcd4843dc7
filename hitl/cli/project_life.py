"""pack · unpack · rename · duplicate · archive · reopen · delete: a project's life after its beginning."""

from pathlib import Path
from typing import Annotated

import typer

from hitl.cli.app import Desk, Json, Project, note, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.terminal_text import inert
from hitl.loop.packs import pack_project, unpack_project
from hitl.loop.project_life import archive_project, bring_back_project, delete_project, duplicate_settings
from hitl.loop.projects import set_guide
from hitl.store.projects import read_project
from hitl.views.project_life import list_archived_projects, read_holdings
from hitl.views.projects import propose_slug

As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Another short name for it here.")]


def pack(
    context: typer.Context,
    project: Project,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The file to write, for example tickets.tandem.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="The same, as an option.")] = None,
    as_json: Json = False,
) -> None:
    """Write a project to one file, to take it to another desk.

    With its history and model files; people may work on meanwhile.
    """
    desk: Desk = context.obj
    path = _one_place(file, out).expanduser().resolve()
    packed = pack_project(desk.data_dir, slug=project, path=path, actor=LOCAL_OWNER, now=utc_now())
    text = _("{path}: {size:,.1f} MB, read back and whole.").format(path=packed.path, size=packed.size / 1000000.0)
    tell({"path": str(packed.path), "bytes": packed.size}, text, as_json=as_json)


def _one_place(file: Path | None, out: Path | None) -> Path:
    """Where to write, which may be said either way, but once."""
    if file is not None and out is not None:
        raise BadInput(_("Two files are named, {file} and {out}: leave one of them out.").format(file=file, out=out))
    place = file or out
    if place is None:
        raise BadInput(_("Say which file to write: python -m hitl pack PROJECT FILE"))
    return place


def unpack(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A project's file, written by `pack`.")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Take in a project from its file.

    Every hash is checked first; whole or not at all.
    """
    desk: Desk = context.obj
    came = unpack_project(file, data_dir=desk.data_dir, slug=as_, actor=LOCAL_OWNER, now=utc_now())
    text = _("Project '{name}' is here as of {made_at}; its short name is {slug}.").format(
        name=came.name, made_at=came.made_at, slug=came.slug
    )
    tell({"slug": came.slug, "name": came.name, "made_at": came.made_at}, text, as_json=as_json)


def rename(
    context: typer.Context,
    project: Project,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called from now on.")],
    as_json: Json = False,
) -> None:
    """Give a project another name; its short name stays."""
    desk: Desk = context.obj
    with desk.project(project) as db:
        now = read_project(db)
        set_guide(db, name=name, guide=now.guide, metric=now.metric, actor=LOCAL_OWNER, now=utc_now())
        name = read_project(db).name
    tell(
        {"slug": project, "name": name},
        _("The project {project} is called '{name}' now.").format(project=project, name=name),
        as_json=as_json,
    )


def duplicate(
    context: typer.Context,
    project: Project,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the new project is called.")],
    as_json: Json = False,
) -> None:
    """Make a new, empty project with the settings of another.

    Its columns, classes, guide and routing policy; no items, no decisions, no models.
    """
    desk: Desk = context.obj
    slug = propose_slug(name)
    duplicate_settings(desk.data_dir, slug=project, new_slug=slug, new_name=name, actor=LOCAL_OWNER, now=utc_now())
    text = _(
        "Project '{name}' is made, empty; its short name is {slug}. Next: python -m hitl ingest {slug} FILE"
    ).format(name=name, slug=slug)
    tell({"slug": slug, "name": name}, text, as_json=as_json)


def archive(
    context: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help="Its short name; without, a list.")] = None,
    as_json: Json = False,
) -> None:
    """Put a project out of use, with all it holds; `reopen` brings it back.

    Without a name, the archived projects are listed.
    """
    desk: Desk = context.obj
    if project is None:
        with desk.tandem() as tandem:
            lines = list_archived_projects(desk.data_dir, tandem=tandem, actor=LOCAL_OWNER)
        result = {"archived": [{"slug": line.slug, "name": line.name, "problem": line.problem} for line in lines]}
        text = "\n".join(f"{line.slug:30} {line.problem or line.name}" for line in lines)
        tell(result, text or _("No project is archived."), as_json=as_json)
        return
    archive_project(desk.data_dir, slug=project, actor=LOCAL_OWNER, now=utc_now())
    text = _("The project {project} is archived. Bring it back: python -m hitl reopen {project}").format(
        project=project
    )
    tell({"slug": project, "is_archived": True}, text, as_json=as_json)


def reopen(context: typer.Context, project: Project, as_: As = None, as_json: Json = False) -> None:
    """Bring an archived project back, as it was."""
    desk: Desk = context.obj
    slug = bring_back_project(desk.data_dir, slug=project, new_slug=as_, actor=LOCAL_OWNER, now=utc_now())
    tell(
        {"slug": slug, "is_archived": False},
        _("The project {slug} is in use again.").format(slug=slug),
        as_json=as_json,
    )


def delete(
    context: typer.Context,
    project: Project,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The project's name, instead of typing it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Delete a project for good: items, decisions, models.

    Asks for the project's name. `pack` or `backup` first, if it may be wanted again.
    """
    desk: Desk = context.obj
    holdings = read_holdings(desk.data_dir, project)
    if holdings and confirm is None:
        note(_("{text} This can't be undone.").format(text=holdings.text))
        confirm = typer.prompt(
            inert(_("Type the project's name ({name}) to delete it").format(name=holdings.name)), default="", err=True
        )
    delete_project(desk.data_dir, slug=project, typed_name=confirm or "", actor=LOCAL_OWNER, now=utc_now())
    tell(
        {"slug": project, "is_deleted": True},
        _("The project {project} is deleted.").format(project=project),
        as_json=as_json,
    )
