"""The check before an import: what would become of the rows, and what the owner decides about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.import_check import Finding, ImportCheck, UnknownLabel
from hitl.domain.import_choices import USUAL_CHOICES, ChangedPolicy, ImportChoices
from hitl.domain.language import _, ngettext
from hitl.views.formatting import number, size_text
from hitl.views.wording import plain

_ROW_HEIGHT = 35
_MOST_ROWS = 8
_LEAVE_OUT, _NO_LABEL, _NEW_CLASS, _CLASS = "out", "none", "new", "class:"


def draw_check(check: ImportCheck) -> None:
    """Draw the counts of a dry run, each with the numbers of its first rows."""
    counts = (
        (_("New"), check.new, _("Items that are not here yet.")),
        (_("Changed"), check.changed, _("Known by their id, with other content: they become revisions.")),
        (_("As before"), check.unchanged, _("Known by their id, just as they are here: nothing happens.")),
        (_("Unlabelled"), check.unlabelled, _("New or changed items that come without a label.")),
        (_("Left out"), check.left_out, _("Rows that can't be imported as they are.")),
    )
    with st.grid(5, min_column_width=120, gap="small"):
        for title, found, explanation in counts:
            st.metric(title, number(found.count), help=f"{explanation} {rows_text(found)}".strip(), border=True)
    _draw_identical(check)
    _draw_conflicts(check)
    _draw_decisions(check)
    _draw_classes(check)


def draw_check_offer(
    size: int, *, choices: ImportChoices, key: str, on_check: Callable[..., None], args: tuple[Any, ...]
) -> None:
    """Draw the offer to check a large file in the background; a second time once something is chosen."""
    st.button(
        _("Check the whole file first") if choices == USUAL_CHOICES else _("Check again with these choices"),
        key=f"check_ask_{key}",
        icon=":material/fact_check:",
        help=_("Reads all {size} once in the background and keeps nothing.").format(size=size_text(size)),
        on_click=on_check,
        args=args,
    )


def draw_check_again(*, is_kept: bool, key: str, on_check: Callable[..., None], args: tuple[Any, ...]) -> None:
    """Draw why a check should be made again, and the button."""
    told = (
        _("The project has changed since this check; the numbers are of that moment.")
        if is_kept
        else _("The result of this check is no longer kept.")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(told, width="content")
        st.button(
            _("Check again"),
            key=f"check_again_{key}",
            icon=":material/refresh:",
            type="tertiary",
            on_click=on_check,
            args=args,
        )


def draw_left_out(check: ImportCheck, rejects: bytes | Path) -> None:
    """Draw why rows would be left out, with the file of all of them."""
    if not check.left_out.count:
        return
    told = ", ".join(f"{number(found.count)} {kind}" for kind, found in _kinds(check) if found.count)
    count = check.left_out.count
    left = ngettext("{count} row would be left out", "{count} rows would be left out", count)
    if count == check.row_count and check.rejects:
        st.error(_nothing_left_text(check), icon=":material/error:")
    else:
        st.warning(f"{left.format(count=number(count))}: {told}.", icon=":material/rule:")
    rows = [{_("Row"): one.row, _("Field"): one.field, _("What to do"): one.message} for one in check.rejects]
    with st.expander(_("Rows that would be left out"), icon=":material/list:"):
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            height=_height(len(rows)),
            column_config=reject_columns(),
            alt=_("Rows that would be left out"),
        )
        st.download_button(
            _("Download all of them with their cells"),
            data=rejects if isinstance(rejects, bytes) else partial(_read_rejects, rejects),
            file_name="rejected-rows.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def reject_columns() -> dict[str, Any]:
    """How wide the columns of rows left out are: what to do takes the room."""
    return {
        _("Row"): st.column_config.NumberColumn(width=70),
        _("Field"): st.column_config.TextColumn(width=110),
        _("What to do"): st.column_config.TextColumn(width=600),
    }


def draw_choices(check: ImportCheck, class_names: Sequence[str], *, key: str) -> ImportChoices:
    """Draw what is to be decided: changed records, and labels that are no class; the choices as they stand."""
    choices = USUAL_CHOICES
    if check.changed.count:
        if check.relabelled.count:
            st.caption(_relabelled_text(check.relabelled))
        if check.decided_before.count:
            st.caption(_decided_before_text(check.decided_before))
        choices = replace(choices, changed=_draw_changed(check.changed, key=key))
    if check.unknown_labels:
        choices = _draw_labels(check, class_names, choices, key=key)
    return choices


def choices_of_labels(choices: ImportChoices, chosen: Mapping[str, str]) -> ImportChoices:
    """The choices with what was chosen for each label: a class it means, a new class, no label, or out."""
    meant = {text: one.removeprefix(_CLASS) for text, one in chosen.items() if one.startswith(_CLASS)}
    without = {text: "" for text, one in chosen.items() if one == _NO_LABEL}
    added = tuple(text for text, one in chosen.items() if one == _NEW_CLASS)
    return replace(choices, labels={**meant, **without}, new_classes=added)


def rows_text(found: Finding) -> str:
    """The numbers of the first rows found, in words; empty where there are none."""
    if not found.rows:
        return ""
    shown = ", ".join(number(row) for row in found.rows[:5])
    more = " …" if found.count > len(found.rows[:5]) else ""
    return ngettext("Row {rows}.", "Rows {rows}.", found.count).format(rows=f"{shown}{more}").replace("….", "…")


def _nothing_left_text(check: ImportCheck) -> str:
    """Why a file of which no row would be imported is of no use so: what is wrong with the first."""
    first = check.rejects[0]
    told = ngettext(
        "The only row would be left out. Row {row}: {message}",
        "All {count} rows would be left out. Row {row}: {message}",
        check.row_count,
    )
    return told.format(count=number(check.row_count), row=number(first.row), message=plain(first.message))


def _read_rejects(path: Path) -> bytes:
    """The file as it is when somebody wants it; a page may stand open for longer than it is kept."""
    try:
        return path.read_bytes()
    except OSError:
        return _("This file is no longer kept. Check the upload again.").encode()


def _kinds(check: ImportCheck) -> tuple[tuple[str, Finding], ...]:
    """Why rows would be left out, in words that follow a number."""
    return (
        (_("with a label that is no class"), check.no_class),
        (_("with an id that stood before"), check.repeated),
        (_("changed, which you refuse"), check.refused),
        (_("empty"), check.empty),
        (_("with another fault"), check.broken),
    )


def _draw_changed(changed: Finding, *, key: str) -> ChangedPolicy:
    names = {
        ChangedPolicy.REVISE: _("Take the change over"),
        ChangedPolicy.REFUSE: _("Leave the row out"),
    }
    chosen = st.segmented_control(
        ngettext("{count} record has changed", "{count} records have changed", changed.count).format(
            count=number(changed.count)
        ),
        list(names),
        default=ChangedPolicy.REVISE,
        required=True,
        format_func=lambda one: names[one],
        key=f"changed_{key}",
        help=_("Taken over, it becomes a revision: labels given to the earlier content do not carry over.")
        + f" {rows_text(changed)}",
    )
    return chosen or ChangedPolicy.REVISE


def _relabelled_text(found: Finding) -> str:
    told = ngettext(
        "{count} known record comes with another label: the new one takes the place of the imported one.",
        "{count} known records come with another label: the new ones take the place of the imported ones.",
        found.count,
    )
    return f"{told.format(count=number(found.count))} {_('What a person decided stands.')} {rows_text(found)}"


def _decided_before_text(found: Finding) -> str:
    told = ngettext(
        "{count} changed record was decided by people: the decision stays with its earlier content; the new "
        "one is open.",
        "{count} changed records were decided by people: the decisions stay with their earlier content; the new one is "
        "open.",
        found.count,
    )
    return f"{told.format(count=number(found.count))} {rows_text(found)}"


def _draw_labels(check: ImportCheck, class_names: Sequence[str], choices: ImportChoices, *, key: str) -> ImportChoices:
    st.markdown(f"**{_('Labels that are no class of this project')}**")
    names = _label_names(class_names)
    rows = [_label_row(one) for one in check.unknown_labels]
    edited = st.data_editor(
        pd.DataFrame(rows),
        hide_index=True,
        key=f"labels_{key}",
        height=_height(len(rows)),
        disabled=["label", "count", "first", "nearest"],
        column_config={
            "label": st.column_config.TextColumn(_("Label in the file"), width=150, pinned=True),
            "choice": st.column_config.SelectboxColumn(
                _("What becomes of it"), options=list(names), format_func=lambda one: names[str(one)], required=True
            ),
            "count": st.column_config.NumberColumn(_("Rows"), width=70),
            "first": st.column_config.NumberColumn(_("First in row"), width=95),
            "nearest": st.column_config.TextColumn(_("Most like"), width=120),
        },
        column_order=["label", "choice", "nearest", "count", "first"],
        alt=_("Labels that are no class, and what becomes of them"),
    )
    return choices_of_labels(choices, {row["label"]: row["choice"] for row in edited.to_dict("records")})


def _label_row(one: UnknownLabel) -> dict[str, object]:
    nearest = one.nearest or ""
    numbers = {"count": one.found.count, "first": one.found.rows[0]}
    return {"label": one.text, **numbers, "nearest": nearest, "choice": _LEAVE_OUT}


def _label_names(class_names: Sequence[str]) -> dict[str, str]:
    return {
        _LEAVE_OUT: _("Leave these rows out"),
        _NO_LABEL: _("Import without a label"),
        _NEW_CLASS: _("Add as a class"),
        **{f"{_CLASS}{name}": _("It means: {name}").format(name=name) for name in class_names},
    }


def _draw_identical(check: ImportCheck) -> None:
    if not check.identical:
        return
    title = ngettext("+{count} identical", "+{count} identical", check.identical).format(count=number(check.identical))
    with st.expander(f"{title} · {_('items with the same content share one label')}", icon=":material/content_copy:"):
        rows = [
            {
                _("Content"): one.example,
                _("Rows"): one.count,
                _("First in row"): one.first_row,
                _("Already here"): one.is_known,
            }
            for one in check.identical_groups
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=_height(len(rows)), alt=_("Identical rows"))


def _draw_conflicts(check: ImportCheck) -> None:
    count = check.conflict_count
    if not count:
        return
    told = ngettext(
        "{count} group of identical rows has labels that differ: a person will be asked.",
        "{count} groups of identical rows have labels that differ: a person will be asked.",
        count,
    )
    st.warning(told.format(count=number(count)), icon=":material/call_split:")
    rows = [
        {
            _("Content"): one.example,
            _("Labels"): " · ".join(
                _("{label} (row {row})").format(label=label.label, row=label.first_row)
                if label.count
                else _("{label} (here already)").format(label=label.label)
                for label in one.labels
            ),
        }
        for one in check.conflicts
    ]
    with st.expander(_("Labels that differ"), icon=":material/list:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=_height(len(rows)), alt=_("Labels that differ"))


def _draw_decisions(check: ImportCheck) -> None:
    found = check.decided_otherwise
    if not found.count:
        return
    told = ngettext(
        "{count} label differs from what people decided here: the decision stands.",
        "{count} labels differ from what people decided here: the decisions stand.",
        found.count,
    )
    st.warning(f"{told.format(count=number(found.count))} {rows_text(found)}", icon=":material/how_to_reg:")
    rows = [
        {
            _("Row"): one.row,
            _("Content"): one.example,
            _("Label in the file"): one.label,
            _("People decided"): one.decided or _("cannot tell"),
        }
        for one in check.decisions
    ]
    title = _("Labels that people decided otherwise")
    with st.expander(title, icon=":material/list:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=_height(len(rows)), alt=title)


def _draw_classes(check: ImportCheck) -> None:
    if not check.classes:
        return
    st.caption(
        ngettext("{count} class would be made:", "{count} classes would be made:", len(check.classes)).format(
            count=number(len(check.classes))
        )
    )
    shown = " ".join(f":gray-badge[{plain(one.label)} · {number(one.count)}]" for one in check.classes[:12])
    st.markdown(f"{shown} …" if len(check.classes) > 12 else shown)


def _height(count: int) -> int:
    return _ROW_HEIGHT * (min(count, _MOST_ROWS) + 1) + 2
