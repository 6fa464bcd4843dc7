"""backup · restore: the whole data folder in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from hitl.cli.app import REFUSED, Desk, Json, tell
from hitl.cli.upkeep import examine_all, finding_lines
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _, later
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.backups import Backup, Check, back_up
from hitl.loop.backups import restore as restore_backup
from hitl.loop.doctor import examine_room
from hitl.settings import read_settings
from hitl.views.wording import count_of

_SAID = {
    Check.QUICK: later("read back, every byte as it was in use"),
    Check.THOROUGH: later("unpacked and whole: every page and index was looked at"),
}


def backup(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR_OR_FILE", help="A folder, or a file named ….backup; else TANDEM_BACKUPS."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Keep the newest N back-ups of the folder, remove older ones."),
    ] = None,
    thorough: Annotated[
        bool,
        typer.Option("--thorough", help="Also unpack it and look at every page and index. Always so with --keep."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write everything to one file, while people work.

    It has its name only after every byte of it was read back.
    """
    desk: Desk = context.obj
    path, keep = _place(to, keep)
    check = Check.THOROUGH if thorough else Check.QUICK
    made = back_up(desk.data_dir, to=path, keep=keep, check=check, actor=LOCAL_OWNER, now=utc_now())
    lines = [_made_text(made), *[_("Removed {name}").format(name=path.name) for path in made.removed]]
    result = {
        "path": str(made.path),
        "bytes": made.size,
        "projects": made.project_count,
        "check": made.check,
        "removed": [str(path) for path in made.removed],
    }
    tell(result, "\n".join(lines), as_json=as_json)


def _made_text(made: Backup) -> str:
    return _("{path}: {projects}, {megabytes:,.1f} MB, {said}.").format(
        path=made.path,
        projects=count_of(made.project_count, "{count} project", "{count} projects"),
        megabytes=made.size / 1e6,
        said=_(_SAID[made.check]),
    )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A back-up.")],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="A new or empty folder; else the data folder in use.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a data folder from a back-up and examine it.

    Whole or not at all; a folder that holds anything is left alone. Exit code 1 when the doctor finds something wrong
    with it.
    """
    desk: Desk = context.obj
    target = Desk(data.expanduser().resolve()) if data else desk
    done = restore_backup(file, data_dir=target.data_dir, actor=LOCAL_OWNER, now=utc_now())
    findings, warnings = examine_all(target), examine_room(target.data_dir)
    result = {
        "data": str(target.data_dir),
        "made_at": done.made_at,
        "projects": list(done.slugs),
        "archived": list(done.archived_slugs),
        "findings": findings,
        "warnings": warnings,
    }
    lines = [
        _("{data_dir}: {slugs_count} as of {made_at}.").format(
            data_dir=target.data_dir,
            slugs_count=count_of(len(done.slugs), "{count} project", "{count} projects"),
            made_at=done.made_at,
        )
    ]
    tell(result, "\n".join([*lines, *finding_lines(findings), *warnings]), as_json=as_json)
    if any(findings.values()):
        raise typer.Exit(REFUSED)


def _place(to: Path | None, keep: int | None) -> tuple[Path, int | None]:
    """Where to and how many stay: as said here, else as the settings say for back-ups made by themselves."""
    if to is not None:
        return to.expanduser().resolve(), keep
    plan = read_settings().backups
    if plan is None:
        raise BadInput(_("Say where the back-up goes with --to, or set TANDEM_BACKUPS to a folder."))
    return plan.folder, keep or plan.keep
