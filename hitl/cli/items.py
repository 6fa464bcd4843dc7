"""decide · export: what is said about items, and how it leaves the project."""

import uuid
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, Project, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.record_reading import ClassVocabulary
from hitl.domain.records import LabelClass
from hitl.loop.export import ExportKind, export_table
from hitl.loop.review import decide as decide_item
from hitl.store.items import find_item_id
from hitl.store.projects import active_classes
from hitl.views.overview import read_people
from hitl.views.wording import count_of


def decide(
    context: typer.Context,
    project: Project,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item's id, as it stands in the file.")],
    class_name: Annotated[str, typer.Argument(metavar="CLASS", help="The class to give it.")],
    comment: Annotated[str, typer.Option(help="For the item's history.")] = "",
    request_id: Annotated[str, typer.Option(help="The same id again is one decision.")] = "",
    as_json: Json = False,
) -> None:
    """Label an item.

    It stands at once, also where the model or somebody else had answered.
    """
    desk: Desk = context.obj
    with desk.project(project) as db:
        item_id = find_item_id(db, item)
        if item_id is None:
            raise NotFound(
                _("There is no item '{item}' in {project}. Ids are those of the imported file.").format(
                    item=item, project=project
                )
            )
        chosen = find_class(db, class_name)
        answer = decide_item(
            db,
            actor=LOCAL_OWNER,
            request_id=request_id or f"cli-{uuid.uuid4()}",
            item_id=item_id,
            class_id=chosen.id,
            comment=comment,
            now=utc_now(),
        )
    result = {"item": item, "class": chosen.name, "outcome": answer.outcome, "request_id": answer.request_id}
    tell(result, _("{item} is {name}.").format(item=item, name=chosen.name), as_json=as_json)


def export(
    context: typer.Context,
    project: Project,
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help="What to export.")],
    out: Annotated[Path, typer.Option("--out", metavar="F", help="A file ending in .csv, .jsonl or .parquet.")],
    as_json: Json = False,
) -> None:
    """Write labels, predictions, decisions or items to a file.

    Whole or not at all; cells that a spreadsheet would run as a formula get an apostrophe in CSV.
    """
    desk: Desk = context.obj
    with desk.tandem() as tandem, desk.project(project) as db:
        names = read_people(tandem)
        count = export_table(db, kind=kind, path=out, names=names, actor=LOCAL_OWNER, now=utc_now())
    tell(
        {"file": str(out), "rows": count},
        _("{count} written to {out}.").format(count=count_of(count, "{count} row", "{count} rows"), out=out),
        as_json=as_json,
    )


def find_class(db: Database, text: str) -> LabelClass:
    """The class in use that the text names.

    Raises
    ------
    BadInput
        None does; the message names the nearest.
    """
    classes = {label_class.id: label_class for label_class in active_classes(db)}
    vocabulary = ClassVocabulary(is_open=False)
    vocabulary.add_classes(classes.values())
    found = vocabulary.find(text)
    if found is None:
        complaint = vocabulary.complaint(text)
        raise BadInput(complaint[:1].upper() + complaint[1:])
    return classes[found]
