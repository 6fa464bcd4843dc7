"""What two versions learned from, and what was set otherwise."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.ui.comparison import link_to_item
from hitl.views.changed_answers import ChangedAnswer, ChangedAnswers
from hitl.views.formatting import number, percent_pattern
from hitl.views.snapshot_changes import LabelMove, RecipeChange, SnapshotChanges
from hitl.views.wording import plain


def draw_label_changes(changes: SnapshotChanges | None, *, old_title: str, new_title: str) -> None:
    """Draw the labels of both snapshots by class, and which were added, corrected and removed."""
    if changes is None:
        st.caption(_("One of them came with an import: what it learned from is not known here."))
        return
    rows = [
        {"Class": one.name, "Old": one.old_count, "New": one.new_count, "More": one.new_count - one.old_count}
        for one in changes.balances
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="compare_balance",
        height="content" if len(rows) <= 12 else 420,
        column_config={
            "Class": st.column_config.TextColumn(_("Class")),
            "Old": st.column_config.NumberColumn(plain(old_title), format="localized"),
            "New": st.column_config.NumberColumn(plain(new_title), format="localized"),
            "More": st.column_config.NumberColumn(_("Change"), format="%+d"),
        },
        alt=_("Labels learned from, by class"),
    )
    st.markdown("\n".join(f"- {plain(line)}" for line in _describe_moves(changes.moves)))
    if changes.class_changes:
        st.markdown(_("**Classes:** {changes}").format(changes=plain("; ".join(changes.class_changes))))


def draw_recipe_changes(changes: Sequence[RecipeChange], *, old_title: str, new_title: str) -> None:
    """Draw the settings and libraries that differ."""
    if not changes:
        st.caption(_("Settings, seed and libraries are the same."))
        return
    st.dataframe(
        pd.DataFrame([{"Setting": one.name, "Old": one.old, "New": one.new} for one in changes]),
        hide_index=True,
        key="compare_recipe",
        height="content",
        column_config={
            "Setting": st.column_config.TextColumn(_("Setting")),
            "Old": st.column_config.TextColumn(plain(old_title)),
            "New": st.column_config.TextColumn(plain(new_title)),
        },
        alt=_("Settings that differ"),
    )


def draw_changed_answers(found: ChangedAnswers, *, slug: str, on_further: Callable[[int], None]) -> None:
    """Draw how many items of all the two answer differently, and a window of them."""
    if found.changed_count is not None:
        text = _("{changed} of {items} items are answered differently.").format(
            changed=number(found.changed_count), items=number(found.item_count or 0)
        )
        st.markdown(text)
    if not found.is_kept:
        st.caption(
            _(
                "Answers to all items are kept of the version in use, the one before and the newest. Of these two, "
                "only the test items can be compared."
            )
        )
        return
    _draw_window(found, slug)
    if found.next_after is not None:
        st.button(
            _("Look further"),
            key="compare_further",
            icon=":material/arrow_forward:",
            on_click=on_further,
            args=(found.next_after,),
        )


def _draw_window(found: ChangedAnswers, slug: str) -> None:
    if not found.rows:
        st.caption(_("None among the items looked through here."))
        return
    columns: dict[str, Any] = {
        "Item": st.column_config.TextColumn(_("Item")),
        "Open": st.column_config.LinkColumn("", display_text=_("open"), width=60),
        "Old": st.column_config.TextColumn(_("From")),
        "New": st.column_config.TextColumn(_("To")),
        "Sure": st.column_config.NumberColumn(_("Sure"), format=percent_pattern(), width=70),
        "Label": st.column_config.TextColumn(_("Label")),
    }
    st.dataframe(
        pd.DataFrame([_changed(one, slug) for one in found.rows]),
        hide_index=True,
        key="compare_changed",
        height=min(len(found.rows) + 1, 12) * 35 + 3,
        column_config=columns,
        alt=_("Items that the two versions answer differently"),
    )


def _changed(one: ChangedAnswer, slug: str) -> dict[str, object]:
    return {
        "Item": one.external_id,
        "Open": link_to_item(slug, one.external_id),
        "Old": one.old_answer,
        "New": one.new_answer,
        "Sure": None if one.new_confidence is None else one.new_confidence * 100,
        "Label": one.label or _("not known"),
    }


def _describe_moves(moves: Sequence[LabelMove] | None) -> list[str]:
    if moves is None:
        return [_("Too much was said in between to list here; the counts above tell how many.")]
    if not moves:
        return [_("No label was added, corrected or removed.")]
    return [_describe_move(move) for move in moves]


def _describe_move(move: LabelMove) -> str:
    count = f"{number(move.count)}"
    if move.old_name is None:
        text = ngettext("{count} label added: {new}", "{count} labels added: {new}", move.count)
        return text.format(count=count, new=move.new_name)
    if move.new_name is None:
        text = ngettext("{count} label removed: {old}", "{count} labels removed: {old}", move.count)
        return text.format(count=count, old=move.old_name)
    text = ngettext("{count} label corrected: {old} → {new}", "{count} labels corrected: {old} → {new}", move.count)
    return text.format(count=count, old=move.old_name, new=move.new_name)
