"""create · ingest · status: projects, the items they hold, and how they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from hitl.cli.app import Desk, Json, Project, note, tell
from hitl.cli.file_options import FileChoices, file_or_stdin, with_file_options
from hitl.cli.import_options import Changed, DryRun, MapLabel, NewClass, check_text, read_import_choices
from hitl.cli.jobs import carry_out
from hitl.cli.measures import rate_json, rate_text
from hitl.cli.roles import RolePlan, assign_roles, with_role_options
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, HitlError, JobCancelled, JobFailed, NotFound
from hitl.domain.fields import Role
from hitl.domain.import_check import ImportCheck
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.interrupted import require_none_interrupted
from hitl.loop.jobs import JobKind
from hitl.loop.projects import METRICS, create_project
from hitl.loop.uploads import drop_upload, keep_upload
from hitl.views.overview import Overview, read_overview, read_people
from hitl.views.projects import list_projects, propose_slug
from hitl.views.wording import count_of

_CHUNK_BYTES = 1 << 20
_SHOWN_REJECTS = 5


@with_file_options
@with_role_options
def create(
    context: typer.Context,
    choices: FileChoices,
    given: Mapping[Role, Sequence[str] | None],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the project is called.")],
    file: Annotated[Path, typer.Option("--file", metavar="F", help="A file with the items; - reads stdin.")],
    class_: Annotated[list[str] | None, typer.Option("--class", metavar="NAME", help="A class to choose from.")] = None,
    metric: Annotated[str, typer.Option(help=f"What versions are compared by: {', '.join(METRICS)}.")] = METRICS[0],
    map_label: MapLabel = None,
    new_class: NewClass = None,
    no_import: Annotated[bool, typer.Option("--no-import", help="Read the columns only.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a project from a file and import it: CSV, JSON, Excel, OpenDocument, Parquet, also as .gz or .zip.

    Roles that are not given are proposed from the columns.
    """
    with file_or_stdin(file, folder=context.obj.data_dir) as path:
        plan = assign_roles(path, given=given, class_names=class_ or (), choices=choices)
        decided = read_import_choices(ChangedPolicy.REVISE, map_label, new_class)
        draft = _Draft(name, plan, tuple(class_ or ()), metric, decided)
        if dry_run:
            _tell_planned(draft, path, file.name, as_json=as_json)
        else:
            _make_and_tell(context.obj, draft, path, None if no_import else file.name, as_json=as_json)


@with_file_options
def ingest(
    context: typer.Context,
    choices: FileChoices,
    project: Project,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file with the project's columns; - reads stdin.")],
    changed: Changed = ChangedPolicy.REVISE,
    map_label: MapLabel = None,
    new_class: NewClass = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import a file's rows as items.

    Whole or not at all; changed rows with a known id become revisions.
    """
    desk: Desk = context.obj
    decided = read_import_choices(changed, map_label, new_class)
    with file_or_stdin(file, folder=desk.data_dir) as path:
        if dry_run:
            check = _check(desk, project, path, file.name, choices.to_args(), decided)
            tell(check.to_json(), check_text(check), as_json=as_json)
            return
        summary = _import(desk, project, path, file.name, {**choices.to_args(), "choices": decided.to_json()})
    tell(summary, _summary_text(summary), as_json=as_json)


def status(
    context: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help="One project, or all.")] = None,
    as_json: Json = False,
) -> None:
    """Show how a project stands.

    With what to do next; without a name, all projects are listed.
    """
    desk: Desk = context.obj
    if project is None:
        _list_projects(desk, as_json=as_json)
        return
    with desk.tandem() as tandem, desk.project(project) as db:
        overview = read_overview(db, names=read_people(tandem), now=utc_now())
    tell(_overview_json(project, overview), _overview_text(overview), as_json=as_json)


def _tell_made(slug: str, name: str, plan: RolePlan, summary: dict[str, Any] | None, *, as_json: bool) -> None:
    made = _("Project '{name}' is made; its short name is {slug}.\n{reading}\n{text}").format(
        name=name, slug=slug, reading=plan.reading, text=plan.text
    )
    result = {"slug": slug, "name": name, "columns": plan.to_json(), "reading": dict(plan.how), "import": summary}
    tell(result, made if summary is None else f"{made}\n{_summary_text(summary)}", as_json=as_json)


@dataclass(frozen=True)
class _Draft:
    """A project as the command line describes it."""

    name: str
    plan: RolePlan
    class_names: tuple[str, ...]
    metric: str
    decided: ImportChoices


def _tell_planned(draft: _Draft, file: Path, file_name: str, *, as_json: bool) -> None:
    from hitl.views.file_check import check_for_plan  # noqa: PLC0415  only a dry run needs it

    plan = draft.plan
    check = check_for_plan(
        file,
        name=file_name,
        how=plan.how,
        fields=plan.fields,
        class_names=draft.class_names,
        choices=draft.decided,
        actor=LOCAL_OWNER,
    ).check
    result = {"columns": plan.to_json(), "reading": dict(plan.how), "check": check.to_json()}
    tell(result, f"{plan.reading}\n{plan.text}\n{check_text(check)}", as_json=as_json)


def _make_and_tell(desk: Desk, draft: _Draft, file: Path, file_name: str | None, *, as_json: bool) -> None:
    """Make the project; import the file into it where its name is given."""
    slug = propose_slug(draft.name)
    create_project(
        desk.data_dir,
        slug=slug,
        name=draft.name,
        fields=draft.plan.fields,
        class_names=draft.class_names,
        metric=draft.metric,
        actor=LOCAL_OWNER,
        now=utc_now(),
    )
    how = {**draft.plan.how, "choices": draft.decided.to_json()}
    summary = None if file_name is None else _import_first(desk, slug, file, file_name, how)
    _tell_made(slug, draft.name, draft.plan, summary, as_json=as_json)


def _import_first(desk: Desk, slug: str, file: Path, name: str, how: Mapping[str, object]) -> dict[str, Any]:
    try:
        return _import(desk, slug, file, name, how)
    except HitlError as error:
        raise JobFailed(
            _(
                "{error} The project '{slug}' is made, without items: mend the file, then run `python -m "
                "hitl ingest {slug} {name}`."
            ).format(error=error, slug=slug, name=name)
        ) from error


def _import(desk: Desk, slug: str, file: Path, name: str, how: Mapping[str, object]) -> dict[str, Any]:
    with desk.tandem() as tandem, desk.project(slug) as db:
        require_none_interrupted(db, tandem, slug=slug)
        path = keep_upload(desk.data_dir, slug=slug, name=name, chunks=_chunks(file), actor=LOCAL_OWNER)
    try:
        args = {"path": str(path), "file_name": name, **how}
        job = carry_out(desk, slug=slug, kind=JobKind.IMPORT, args=args)
    except (JobCancelled, JobFailed):
        raise  # what can go on needs its file, and what can't has lost it already
    except HitlError:
        drop_upload(path, actor=LOCAL_OWNER)
        raise
    return cast("dict[str, Any]", (job.result or {})["summary"])


def _check(
    desk: Desk, slug: str, file: Path, name: str, how: Mapping[str, object], decided: ImportChoices
) -> ImportCheck:
    from hitl.views.file_check import check_for_project  # noqa: PLC0415  only a dry run needs it

    with desk.project(slug) as db:
        return check_for_project(db, file, name=name, how=how, choices=decided, actor=LOCAL_OWNER).check


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise NotFound(_("There is no file {file}. Check the path.").format(file=file)) from None
    except OSError as error:
        raise BadInput(
            _("{file} can't be read: {strerror}. Name a file that you may read.").format(
                file=file, strerror=error.strerror
            )
        ) from None


def _summary_text(summary: dict[str, Any]) -> str:
    news = _("{new}, {changed:,} changed, {unchanged:,} as before").format(
        new=count_of(summary["new"], "{count} new item", "{count} new items"),
        changed=summary["changed"],
        unchanged=summary["unchanged"],
    )
    lines = [
        _("{news}; {labelled:,} labelled, {test_groups:,} of them kept for testing.").format(
            news=news, labelled=summary["labelled"], test_groups=summary["test_groups"]
        )
    ]
    if summary["rejected_count"]:
        lines.append(
            _("{rejected_count} left out:").format(
                rejected_count=count_of(summary["rejected_count"], "{count} row", "{count} rows")
            )
        )
        lines += [
            _("  row {row}: {message}").format(row=one["row"], message=one["message"])
            for one in summary["rejected"][:_SHOWN_REJECTS]
        ]
    return "\n".join(lines)


def _list_projects(desk: Desk, *, as_json: bool) -> None:
    lines = list_projects(desk.data_dir)
    if not lines and not as_json:
        note(_("There are no projects yet. Make one: python -m hitl create NAME --file F; or look at samples: demo."))
    result = {"projects": [{"slug": line.slug, "name": line.name, "problem": line.problem} for line in lines]}
    text = "\n".join(f"{line.slug:30} {line.problem or line.name}" for line in lines)
    if lines or as_json:
        tell(result, text, as_json=as_json)


def _overview_json(slug: str, overview: Overview) -> dict[str, Any]:
    progress = overview.progress
    champion = progress.champion
    return {
        "slug": slug,
        "items": progress.item_count,
        "waiting": progress.waiting_count,
        "auto_accepted": overview.accepted_count,
        "labelled_by_people": overview.people_count,
        "labelled_by_imports": overview.imported_count,
        "cannot_tell": overview.cannot_tell_count,
        "labels": {one.name: one.total for one in overview.classes},
        "champion": champion and champion.version.name,
        "accuracy": champion and rate_json(champion.accuracy, champion.source_name),
        "waits_for_promotion": progress.challenger and progress.challenger.version.name,
        "new_labels": progress.staleness.label_count,
        "next": [step.text for step in overview.steps],
    }


def _overview_text(overview: Overview) -> str:
    progress = overview.progress
    champion = progress.champion
    model = (
        _("{title} predicts, accuracy {accuracy}.").format(
            title=champion.title, accuracy=rate_text(champion.accuracy, champion.source_name)
        )
        if champion
        else _("No version predicts yet.")
    )
    return "\n".join(
        [
            (
                _(
                    "{item_count}: {accepted_count:,} answered by the model, {people_count:,} labelled by "
                    "people, {imported_count:,} by imports, {waiting_count:,} wait for review."
                ).format(
                    item_count=count_of(progress.item_count, "{count} item", "{count} items"),
                    accepted_count=overview.accepted_count,
                    people_count=overview.people_count,
                    imported_count=overview.imported_count,
                    waiting_count=progress.waiting_count,
                )
            ),
            model,
            *(_("Next: {step}").format(step=step.text) for step in overview.steps),
        ]
    )
