"""The command line: the loop's verbs for people at a terminal and for programs.

    app           the commands' frame: where the data is, how errors are told
    projects      create · ingest · status
    project_life  pack · unpack · rename · duplicate · archive · reopen · delete
    models        train · versions · promote · rollback
    triggers      triggers
    by_hand       begin · add
    items         decide · export
    imports       imports · withdraw
    redaction     redact
    encoding      encode
    bulk          bulk
    server        demo · serve
    upkeep        doctor
    audit         audit list · audit export
    backups       backup · restore
    people        people first-owner · list · invite · reset · role · groups · deactivate · erase …
    simulation    simulate

Exit codes: 0 done; 1 refused, with one sentence on stderr that says what to do; 2 a command that can't be understood.
What a program may read goes to stdout (``--json``), progress and errors go to stderr.
"""

from hitl.cli.app import app
from hitl.cli.audit import audit
from hitl.cli.backups import backup, restore
from hitl.cli.bulk import bulk
from hitl.cli.by_hand import add, begin
from hitl.cli.encoding import encode
from hitl.cli.imports import imports, withdraw
from hitl.cli.items import decide, export
from hitl.cli.models import promote, rollback, train, versions
from hitl.cli.people import people_app
from hitl.cli.project_life import archive, delete, duplicate, pack, rename, reopen, unpack
from hitl.cli.projects import create, ingest, status
from hitl.cli.redaction import redact
from hitl.cli.server import demo, serve
from hitl.cli.simulation import simulate
from hitl.cli.triggers import triggers
from hitl.cli.upkeep import doctor

__all__ = ["app", "main"]

for command in (
    demo,
    serve,
    create,
    begin,
    ingest,
    add,
    status,
    imports,
    withdraw,
    redact,
    encode,
    decide,
    bulk,
    train,
    triggers,
    versions,
    promote,
    rollback,
    export,
    simulate,
    pack,
    unpack,
    rename,
    duplicate,
    archive,
    reopen,
    delete,
    backup,
    restore,
    doctor,
):
    app.command()(command)
app.add_typer(audit, name="audit")

app.add_typer(people_app, name="people")


def main() -> None:
    """Run the command that the process was started with."""
    app(prog_name="python -m hitl")
