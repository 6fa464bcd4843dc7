"""What the command line decides about an import, and its dry run in words."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hitl.domain.errors import BadInput
from hitl.domain.import_check import Finding, ImportCheck
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.views.wording import count_of

Changed = Annotated[ChangedPolicy, typer.Option("--changed", help="What becomes of changed records.")]
MapLabel = Annotated[
    list[str] | None,
    typer.Option("--map-label", metavar="OLD=NEW", help="A label that means a class; OLD= imports without a label."),
]
NewClass = Annotated[
    list[str] | None, typer.Option("--new-class", metavar="LABEL", help="A label that becomes a class.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of each row; keep nothing.")]

_SHOWN = 5


def read_import_choices(
    changed: ChangedPolicy, map_label: Sequence[str] | None, new_class: Sequence[str] | None
) -> ImportChoices:
    """The choices that the options make.

    Raises
    ------
    BadInput
        A mapping has no equals sign, or nothing before it.
    """
    pairs = [one.rpartition("=") for one in map_label or ()]
    wrong = next((one for one, (old, sign, _) in zip(map_label or (), pairs, strict=True) if not sign or not old), None)
    if wrong is not None:
        raise BadInput(f"'{wrong}' does not say what a label means. Write it as OLD=NEW.")
    return ImportChoices(changed, {old: new for old, _, new in pairs}, tuple(new_class or ()))


def check_text(check: ImportCheck) -> str:
    """What an import would bring, in lines.

    >>> check_text(ImportCheck(row_count=1, new=Finding(1, (2,)))).splitlines()[0]
    '1 row: 1 new, 0 changed, 0 as before, 0 left out. Nothing was kept.'
    """
    became = f"{check.new.count:,} new, {check.changed.count:,} changed, {check.unchanged.count:,} as before"
    lines = [f"{count_of(check.row_count, 'row')}: {became}, {check.left_out.count:,} left out. Nothing was kept."]
    told = (
        ("changed", check.changed),
        ("without a label", check.unlabelled),
        ("empty", check.empty),
        ("id stood before", check.repeated),
        ("changes refused", check.refused),
        ("other faults", check.broken),
    )
    lines += [f"  {name}: {_rows(found)}" for name, found in told if found.count]
    if check.identical:
        lines.append(f"  +{check.identical:,} identical; {count_of(check.conflict_count, 'group')} with other labels")
    for one in check.unknown_labels:
        nearest = f"; most like '{one.nearest}'" if one.nearest else ""
        lines.append(f"  label '{one.text}' is no class: {_rows(one.found)}{nearest}")
    lines += [f"  row {one.row}: {one.message}" for one in check.rejects[:_SHOWN]]
    return "\n".join(lines)


def _rows(found: Finding) -> str:
    shown = ", ".join(f"{row:,}" for row in found.rows[:_SHOWN])
    more = " …" if found.count > _SHOWN else ""
    return f"{count_of(found.count, 'row')} ({shown}{more})"
