"""A page of items as a table from which one is picked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.language import _, later
from hitl.domain.records import Route
from hitl.loop.nearest import MOST_NEAREST
from hitl.ui.explore_filters import clear_filters, page_key
from hitl.views.explore import ANSWERED_NAMES, ItemPage
from hitl.views.explore_address import ExploreState
from hitl.views.formatting import number, percent_pattern
from hitl.views.wording import ROUTE_NAMES, count_of, percent, plain

HIDDEN = later("hidden: blind")
_PHONE = "Mobi"  # what browsers of phones call themselves
_ROWS_SHOWN = 13
_ROW_HEIGHT, _PICTURE_HEIGHT = 34, 68
_PICTURE = "Image"
_WIDE = (
    "Item",
    "Content",
    "Model",
    "Confidence",
    "Label",
    "Answered by",
    "Route",
)
_NARROW = ("Content", "Model", "Confidence", "Label")
_OF_MODEL = ("Model", "Confidence")
_OTHER, _SLICE, _SIMILARITY = "other", "slice", "similarity"


@dataclass(frozen=True)
class TickedList:
    """The ids of the ticked items, and how many fit in all.

    ``nearest_ids`` are all that are listed, where the nearest to something are; else None.
    """

    item_ids: tuple[int, ...]
    total_count: int
    nearest_ids: tuple[int, ...] | None = None


def split_for_panel(*, is_open: bool, top: DeltaGenerator) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The places of the list and of the open item: beside the list, on a phone at the ``top`` of the page."""
    if not is_open or _PHONE in str(st.context.headers.get("User-Agent")):
        return st.container(), top
    left, right = st.columns([1.5, 1], gap="small")
    return left, right


def draw_list(
    state: ExploreState,
    *,
    is_narrow: bool,
    read: Callable[[int], ItemPage],
    on_pick: Callable[[str, tuple[str, ...]], None],
    ticking: bool = False,
) -> TickedList:
    """Draw the items that fit, a page at a time; ``read`` takes the number of a page from 1.

    A row that is picked opens its item; while ``ticking`` rows are ticked instead, and given back.
    """
    page = st.session_state.get(page_key(), 1)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading, hint = st.empty(), st.container()
    items = read(page)
    heading.markdown(_heading(items.total_count, state), width="content")
    if state.chosen.narrows or state.like:
        hint.button(_("Clear the filters"), key="explore_clear", type="tertiary", on_click=clear_filters)
    elif not is_narrow:
        hint.caption(_("Pick a row to read, decide or correct the item."))
    if not items.rows:
        _draw_empty(items)
        return TickedList((), 0)
    key = f"explore_list_{page}_{hash(state)}"
    columns = _columns(items, is_narrow=is_narrow)
    ticked = draw_ticked(items, columns=columns, key=f"{key}_ticked") if ticking else ()
    if not ticking:
        draw_items(items, columns=columns, key=key, on_pick=on_pick)
    _draw_rest(items)
    return TickedList(ticked, items.total_count, items.nearest_ids)


def _draw_empty(items: ItemPage) -> None:
    if items.refusal:
        st.info(plain(items.refusal), icon=":material/info:")
    else:
        st.caption(_("No item fits. Change a filter, or clear them all."))


def _draw_rest(items: ItemPage) -> None:
    """How to get to the other pages, and what none of them shows."""
    if items.page_count > 1:
        st.pagination(items.page_count, key=page_key())
    if len(items.nearest_ids or ()) == MOST_NEAREST:
        st.caption(_("Listed are the {count} nearest; others may be near too.").format(count=number(MOST_NEAREST)))


def _heading(count: int, state: ExploreState) -> str:
    if state.like is None:
        return _found_text(count, state.chosen)
    about = (
        _("{items}, the most similar to {item} first") if state.like.is_item else _("{items}, the most similar first")
    )
    return about.format(items=_found_text(count, state.chosen), item=plain(state.like.text))


def _found_text(count: int, chosen: ExploreFilter) -> str:
    found = count_of(count, "**{count} item**", "**{count} items**")
    if chosen.low is None:
        return found
    low, high = percent(chosen.low), percent(chosen.high or 1.0)
    return _("{items}, {low} to {high} sure").format(items=found, low=low, high=high)


def draw_items(
    items: ItemPage, *, columns: Sequence[str], key: str, on_pick: Callable[[str, tuple[str, ...]], None]
) -> None:
    """Draw the list; ``on_pick`` runs as a callback with the table's key and the external ids in its order."""
    ids = tuple(row.external_id for row in items.rows)
    _draw_table(items, columns=columns, key=key, on_select=lambda: on_pick(key, ids), selection_mode="single-row")


def draw_ticked(items: ItemPage, *, columns: Sequence[str], key: str) -> tuple[int, ...]:
    """Draw the list with a box before each row; the ids of the items that are ticked."""
    state = _draw_table(items, columns=columns, key=key, on_select="rerun", selection_mode="multi-row")
    ticked: Sequence[int] = state["selection"]["rows"]
    return tuple(items.rows[row].item_id for row in ticked if row < len(items.rows))


def _draw_table(
    items: ItemPage,
    *,
    columns: Sequence[str],
    key: str,
    on_select: Callable[[], None] | Literal["rerun"],
    selection_mode: Literal["single-row", "multi-row"],
) -> Any:
    row_height = _PICTURE_HEIGHT if _PICTURE in columns else _ROW_HEIGHT
    shown = _ROWS_SHOWN * _ROW_HEIGHT // row_height
    return st.dataframe(
        _table(items),
        hide_index=True,
        key=key,
        height="content" if len(items.rows) <= shown else _ROW_HEIGHT + row_height * shown + 2,
        row_height=row_height,
        column_order=columns,
        on_select=on_select,
        selection_mode=selection_mode,
        column_config=_column_config(items, is_wide=_WIDE[0] in columns),
        placeholder="",
        alt=_("Items that fit the filters"),
    )


def _columns(items: ItemPage, *, is_narrow: bool) -> tuple[str, ...]:
    names: tuple[str, ...] = _NARROW if is_narrow else _WIDE
    if all(row.route == Route.COLD_START for row in items.rows):
        names = tuple(name for name in names if name not in _OF_MODEL)
    pictures = [_PICTURE] if any(row.image for row in items.rows) else []
    if items.slice_field and not is_narrow:
        names = _with(names, _SLICE, before="Label")
    if items.has_other:
        names = _with(names, _OTHER, before="Confidence")
    if items.nearest_ids is not None:
        names = _with(names, _SIMILARITY, before="Model")
        names = tuple(name for name in names if not (is_narrow and name == "Confidence"))
    return (*pictures, *names)


def _with(names: tuple[str, ...], added: str, *, before: str) -> tuple[str, ...]:
    place = names.index(before) if before in names else len(names)
    return (*names[:place], added, *names[place:])


def _column_config(items: ItemPage, *, is_wide: bool) -> dict[str, Any]:
    return {
        _PICTURE: st.column_config.ImageColumn(_("Image"), width=80),
        _OTHER: st.column_config.TextColumn(
            _("Other version"), width=115, help=_("What the version answers that this one is compared with.")
        ),
        _SLICE: st.column_config.TextColumn(items.slice_field or "", width=105),
        "Item": st.column_config.TextColumn(_("Item"), width=90),
        "Content": st.column_config.TextColumn(_("Content"), width=_content_width(items, is_wide=is_wide)),
        _SIMILARITY: _share_column(
            _("Similarity"),
            _("The cosine of what both say to the encoder: 100 % is the same, and 0 % has nothing in common."),
        ),
        "Model": st.column_config.TextColumn(_("Model"), width=115, help=_("What the version answers that is shown.")),
        "Confidence": _share_column(_("Confidence"), _("How sure it is.")),
        "Label": st.column_config.TextColumn(
            _("Label"), width=115, help=_("The answer that stands, of a person or imported.")
        ),
        "Answered by": st.column_config.TextColumn(_("Answered by"), width=105),
        "Route": st.column_config.TextColumn(
            _("Route"), width=120, help=_("What the rules make of the model's answer.")
        ),
    }


def _share_column(label: str, hint: str) -> Any:
    pattern = percent_pattern(1)
    return st.column_config.ProgressColumn(
        label, format=pattern, min_value=0, max_value=100, width=115, color="primary", help=hint
    )


def _content_width(items: ItemPage, *, is_wide: bool) -> int:
    is_pictured = any(row.image for row in items.rows)  # the picture says more than the name of its file
    return (230 if is_pictured else 310) if is_wide else (150 if is_pictured else 230)


def _table(items: ItemPage) -> pd.DataFrame:
    rows = [
        {
            _PICTURE: row.image or "",
            "Item": row.external_id,
            "Content": row.excerpt,
            "Model": _(HIDDEN) if row.route == "audit" else row.prediction or "",
            _OTHER: _(HIDDEN) if row.route == "audit" else row.other_prediction or "",
            _SLICE: row.slice_value,
            "Confidence": None if row.confidence is None else row.confidence * 100,
            _SIMILARITY: None if row.similarity is None else row.similarity * 100,
            "Label": row.label or "",
            "Answered by": ANSWERED_NAMES[row.answered_by],
            "Route": ROUTE_NAMES[row.route],
        }
        for row in items.rows
    ]
    shares = () if items.nearest_ids is None else (_SIMILARITY,)
    return pd.DataFrame(rows, columns=[_PICTURE, *_WIDE, _OTHER, _SLICE, *shares])
