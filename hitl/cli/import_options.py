"""What the command line decides about an import, and its dry run in words."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hitl.domain.errors import BadInput
from hitl.domain.import_check import Finding, ImportCheck
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.domain.language import _
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
        raise BadInput(_("'{wrong}' does not say what a label means. Write it as OLD=NEW.").format(wrong=wrong))
    return ImportChoices(changed, {old: new for old, _, new in pairs}, tuple(new_class or ()))


def check_text(check: ImportCheck) -> str:
    """What an import would bring, in lines.

    >>> check_text(ImportCheck(row_count=1, new=Finding(1, (2,)))).splitlines()[0]
    '1 row: 1 new, 0 changed, 0 as before, 0 left out. Nothing was kept.'
    """
    lines = [_became_text(check), *_kinds_of_rows(check)]
    for one in check.unknown_labels:
        nearest = _("; most like '{nearest}'").format(nearest=one.nearest) if one.nearest else ""
        lines.append(
            _("  label '{text}' is no class: {found}{nearest}").format(
                text=one.text, found=_rows(one.found), nearest=nearest
            )
        )
    lines += [_("  row {row}: {message}").format(row=one.row, message=one.message) for one in check.rejects[:_SHOWN]]
    return "\n".join(lines)


def _became_text(check: ImportCheck) -> str:
    became = _("{count:,} new, {count_2:,} changed, {count_3:,} as before").format(
        count=check.new.count, count_2=check.changed.count, count_3=check.unchanged.count
    )
    return _("{rows}: {became}, {count:,} left out. Nothing was kept.").format(
        rows=count_of(check.row_count, "{count} row", "{count} rows"), became=became, count=check.left_out.count
    )


def _kinds_of_rows(check: ImportCheck) -> list[str]:
    told = (
        (_("changed"), check.changed),
        (_("known with another label"), check.relabelled),
        (_("changed since people decided them, and open again"), check.decided_before),
        (_("with another label than people decided here, whose decisions stand"), check.decided_otherwise),
        (_("without a label"), check.unlabelled),
        (_("empty"), check.empty),
        (_("id stood before"), check.repeated),
        (_("changes refused"), check.refused),
        (_("other faults"), check.broken),
    )
    lines = [f"  {name}: {_rows(found)}" for name, found in told if found.count]
    if check.identical:
        lines.append(
            _("  +{identical:,} identical; {conflict_count} with other labels").format(
                identical=check.identical,
                conflict_count=count_of(check.conflict_count, "{count} group", "{count} groups"),
            )
        )
    return lines


def _rows(found: Finding) -> str:
    shown = ", ".join(f"{row:,}" for row in found.rows[:_SHOWN])
    more = " …" if found.count > _SHOWN else ""
    return f"{count_of(found.count, '{count} row', '{count} rows')} ({shown}{more})"
