"""What the list of items is narrowed to: the filters above it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.records import LabelClass, Route
from hitl.views.explore import ORDERS
from hitl.views.wording import ROUTE_NAMES

_ORDER = "explore_order"
_ROUND, _BRUSHES = "explore_round", "explore_brushes"
_Option = TypeVar("_Option")
_REVIEWED = {True: "by a person", False: "not yet"}
_KEYS = ("explore_text", "explore_class", "explore_route", "explore_reviewed", "explore_disagrees")


def draw_filters(classes: Sequence[LabelClass], *, confidence: tuple[float, float] | None) -> ExploreFilter:
    """Draw the filters and the order; what the filters say, together with the brushed range of confidence."""
    names = {label_class.id: label_class.name for label_class in classes}
    with st.grid(2, min_column_width=120, gap=("xsmall", "small")) as grid:
        text = grid.cell(column_span="all").text_input(
            "Contains", key=_KEYS[0], type="search", placeholder="word or item", on_change=to_first_page
        )
        class_id = _choose("Class", list(names), key=_KEYS[1], name=lambda one: names[one])
        route = _choose("Route", [route.value for route in Route], key=_KEYS[2], name=lambda one: ROUTE_NAMES[one])
        reviewed = _choose("Reviewed", list(_REVIEWED), key=_KEYS[3], name=lambda one: _REVIEWED[one])
        st.selectbox("Order", list(ORDERS), format_func=_name_order, key=_ORDER, on_change=to_first_page)
    disagrees = st.toggle(
        "Only where label and model differ",
        key=_KEYS[4],
        on_change=to_first_page,
        help="Items whose label is not what the model in use answers.",
    )
    return ExploreFilter(
        low=confidence[0] if confidence else None,
        high=confidence[1] if confidence else None,
        class_id=class_id,
        route=route,
        reviewed=reviewed,
        disagrees=disagrees,
        text=text.strip() or None,
    )


def chosen_order() -> str:
    """The order chosen among the filters; its key in ``ORDERS``."""
    return str(st.session_state.get(_ORDER) or next(iter(ORDERS)))


def take_filter_from_address() -> None:
    """Set the filter that a link to this page asks for, once."""
    if st.query_params.pop("disagrees", None):
        clear_filters()
        st.session_state[_KEYS[4]] = True


def clear_filters() -> None:
    """A callback: take every filter away, the brushed range too."""
    for key in _KEYS[1:4]:
        st.session_state[key] = None
    st.session_state[_KEYS[0]] = ""
    st.session_state[_KEYS[4]] = False
    st.session_state[_BRUSHES] = st.session_state.get(_BRUSHES, 0) + 1
    to_first_page()


def _choose(label: str, options: Sequence[_Option], *, key: str, name: Callable[[_Option], str]) -> _Option | None:
    return st.selectbox(
        label,
        options,
        index=None,
        format_func=name,
        key=key,
        placeholder="any",
        on_change=to_first_page,
    )


def _name_order(order: str) -> str:
    return ORDERS[order]


def to_first_page() -> None:
    """A callback: begin the list anew, with a page chooser of a new key."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def chart_key() -> str:
    """The key of the chart with the brush; a new one takes the brushed range away."""
    return f"explore_histogram_{st.session_state.get(_BRUSHES, 0)}"


def page_key() -> str:
    """The key of the page chooser."""
    return f"explore_page_{st.session_state.get(_ROUND, 0)}"
