"""A page of items as a table from which one is picked."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hitl.ui.explore_filters import clear_filters, draw_order, page_key
from hitl.views.explore import ExploreFilter, ItemPage
from hitl.views.wording import ROUTE_NAMES, count_of, percent

HIDDEN = "hidden: blind"
_TALL = 12
_WIDE = ("Item", "Content", "Model", "Confidence", "Label", "Answered by", "Route")
_NARROW = ("Content", "Model", "Confidence", "Label")


def split_for_panel(*, is_open: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The places of the list and of the item beside it; the list has all the width while none is open."""
    if not is_open:
        return st.container(), st.container()
    left, right = st.columns([1.5, 1], gap="small")
    return left, right


def draw_list(
    chosen: ExploreFilter,
    *,
    is_narrow: bool,
    read: Callable[..., ItemPage],
    on_pick: Callable[[str, tuple[str, ...]], None],
) -> None:
    """Draw the items that fit, a page at a time; ``read`` takes an ``order`` and a ``page`` number from 1."""
    number = st.session_state.get(page_key(), 1)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        heading = st.empty()
        order = draw_order()
    items = read(order=order, page=number)
    between = "" if chosen.low is None else f", {percent(chosen.low)} to {percent(chosen.high or 1.0)} sure"
    heading.markdown(f"**{count_of(items.total_count, 'item')}**{between}")
    if not items.rows:
        st.caption("No item fits. Take a filter away.")
        st.button("Clear the filters", key="explore_clear", on_click=clear_filters)
        return
    key = f"explore_list_{number}_{hash((chosen, order))}"
    draw_items(items, columns=_NARROW if is_narrow else _WIDE, key=key, on_pick=on_pick)
    if not is_narrow:
        st.caption(":material/left_click: Pick a row to read, decide or correct the item.")
    if items.page_count > 1:
        st.pagination(items.page_count, key=page_key())


def draw_items(
    items: ItemPage, *, columns: Sequence[str], key: str, on_pick: Callable[[str, tuple[str, ...]], None]
) -> None:
    """Draw the list; ``on_pick`` runs as a callback with the table's key and the external ids in its order."""
    ids = tuple(row.external_id for row in items.rows)
    st.dataframe(
        _table(items),
        hide_index=True,
        key=key,
        height="content" if len(ids) < _TALL else 460,
        column_order=columns,
        on_select=lambda: on_pick(key, ids),
        selection_mode="single-row",
        column_config={
            "Item": st.column_config.TextColumn(width=110),
            "Content": st.column_config.TextColumn(width=250),
            "Model": st.column_config.TextColumn(width=120),
            "Confidence": st.column_config.ProgressColumn(
                format="%.1f %%", min_value=0, max_value=100, width=115, color="primary"
            ),
            "Label": st.column_config.TextColumn(width=120),
            "Answered by": st.column_config.TextColumn(width=110),
            "Route": st.column_config.TextColumn(width=110),
        },
        placeholder="",
        alt="Items that fit the filters",
    )


def _table(items: ItemPage) -> pd.DataFrame:
    rows = [
        {
            "Item": row.external_id,
            "Content": row.excerpt,
            "Model": HIDDEN if row.route == "audit" else row.prediction,
            "Confidence": None if row.confidence is None else row.confidence * 100,
            "Label": row.label,
            "Answered by": row.answered_by,
            "Route": ROUTE_NAMES[row.route],
        }
        for row in items.rows
    ]
    return pd.DataFrame(rows, columns=list(_WIDE))
