"""What the list of items is narrowed to: the filters above it, kept in step with the page's address.

take_address(desk)          a link, a page just opened, another project: the filters become what the address says
state = draw_filters(desk)  what the filters say now
keep_address(desk, state)   the address says it too
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from hitl.domain.explore_filter import LONGEST_TEXT, ExploreFilter
from hitl.domain.language import Words, _, later
from hitl.domain.records import Route
from hitl.ui.figures import brushed_range
from hitl.views.explore import ORDERS
from hitl.views.explore_address import (
    OPTIONS,
    ExploreState,
    Likeness,
    read_address,
    read_likeness,
    rounded,
    write_address,
)
from hitl.views.explore_choices import ExploreDesk, SliceChoice
from hitl.views.wording import ROUTE_NAMES

_Option = TypeVar("_Option")
_TEXT, _CLASS, _ROUTE, _REVIEWED = "explore_text", "explore_class", "explore_route", "explore_reviewed"
_DISAGREES, _CHANGED, _VERSION = "explore_disagrees", "explore_changed", "explore_version"
_UNANSWERED = "explore_unanswered"
_SENTENCE, _LIKE = "explore_sentence", "explore_like"
_ORDER, _SPLIT = "explore_order", "explore_split"
_ADDRESS, _RANGE, _BROUGHT = "explore_address", "explore_range", "explore_range_brought"
_ROUND, _BRUSHES = "explore_round", "explore_brushes"
_REVIEWED_NAMES = Words({True: later("by a person"), False: later("not yet")})


def take_address(desk: ExploreDesk) -> None:
    """Let the filters be what the address asks for, when it does not come from them."""
    asked = _asked()
    if asked == st.session_state.get(_ADDRESS) and _TEXT in st.session_state:
        return
    show_state(read_address(asked, desk.choices), desk)


def show_state(state: ExploreState, desk: ExploreDesk) -> None:
    """Let the filters be a given state; before they are drawn, or in a callback."""
    chosen, values = state.chosen, dict(state.chosen.slices)
    found: dict[str, object] = {
        _TEXT: chosen.text or "",
        _SENTENCE: state.like.text if state.like and not state.like.is_item else "",
        _LIKE: state.like.text if state.like and state.like.is_item else "",
        _CLASS: chosen.class_id,
        _ROUTE: chosen.route,
        _REVIEWED: chosen.reviewed,
        _DISAGREES: chosen.disagrees,
        _CHANGED: chosen.changed,
        _UNANSWERED: chosen.unanswered,
        _VERSION: chosen.version_id,
        _ORDER: state.order,
        _SPLIT: state.split,
        _RANGE: None if chosen.low is None and chosen.high is None else (chosen.low or 0.0, chosen.high or 1.0),
        **{_slice_key(one): values.get(one.field) for one in desk.slices},
    }
    st.session_state.update(found)
    _lift_brush()


def draw_filters(desk: ExploreDesk) -> ExploreState:
    """Draw the filters and the order; what they say, together with the brushed range of confidence."""
    names = {label_class.id: label_class.name for label_class in desk.classes}
    with st.grid(2, min_column_width=120, gap=("xsmall", "small")) as grid:
        text = grid.cell(column_span=1 if desk.can_compare else "all").text_input(
            _("Contains"), key=_TEXT, type="search", placeholder=_("words or item"), on_change=to_first_page
        )
        like = _draw_likeness(desk)
        class_id = _choose(_("Class"), list(names), key=_CLASS, name=lambda one: names[one])
        route = _choose(_("Route"), [route.value for route in Route], key=_ROUTE, name=lambda one: ROUTE_NAMES[one])
        reviewed = _choose(_("Reviewed"), list(_REVIEWED_NAMES), key=_REVIEWED, name=lambda one: _REVIEWED_NAMES[one])
        order = st.selectbox(
            _("Order"),
            list(ORDERS),
            format_func=lambda one: ORDERS[one],
            key=_ORDER,
            on_change=to_first_page,
            disabled=like is not None,
        )
    rest = _draw_rest(desk)
    low, high = st.session_state.get(_RANGE) or (None, None)
    chosen = ExploreFilter(
        low=low,
        high=high,
        class_id=class_id,
        route=route,
        reviewed=reviewed,
        text=text.strip() or None,
        **rest,
    )
    return ExploreState(chosen, order, chosen_split(desk), like)


def chosen_split(desk: ExploreDesk) -> str:
    """What the colours of the chart stand for; its key."""
    chosen = st.session_state.get(_SPLIT)
    return str(chosen) if chosen in desk.splits else desk.choices.splits[0]


def shown_range() -> tuple[float, float] | None:
    """The range of confidence that a link or a saved state brought, for the chart to show as brushed at first."""
    found: tuple[float, float] | None = st.session_state.get(_BROUGHT)
    return found


def shown_version(desk: ExploreDesk) -> int | None:
    """The version whose answers are shown, when it is not the one in use."""
    chosen = st.session_state.get(_VERSION)
    return chosen if chosen in desk.version_names else None


def keep_address(desk: ExploreDesk, state: ExploreState) -> None:
    """Let the address say what the filters say."""
    options = write_address(state, desk.choices)
    said = {name: value if isinstance(value, list) else [value] for name, value in options.items()}
    if said != _asked():
        for name in OPTIONS:
            st.query_params.pop(name, None)
        for name, values in said.items():
            st.query_params[name] = values if len(values) > 1 else values[0]
    st.session_state[_ADDRESS] = said


def keep_brush(brush: str) -> None:
    """A callback: what is brushed on the chart is the range of confidence; nothing brushed is no range."""
    brushed = brushed_range(chart_key(), brush=brush, field="lo")
    st.session_state[_RANGE] = rounded(*brushed) if brushed else None
    to_first_page()


def clear_filters() -> None:
    """A callback: take every filter away, the brushed range too; order, version and colours stay."""
    emptied = [_CLASS, _ROUTE, _REVIEWED, _RANGE, *(key for key in st.session_state if str(key).startswith(_SLICE))]
    st.session_state.update(
        dict.fromkeys(emptied)
        | {_TEXT: "", _SENTENCE: "", _LIKE: "", _DISAGREES: False, _CHANGED: False, _UNANSWERED: False}
    )
    _lift_brush()


def find_like(external_id: str) -> None:
    """A callback: list the items that are nearest to one."""
    st.session_state.update({_SENTENCE: "", _LIKE: external_id})
    to_first_page()


def to_first_page() -> None:
    """A callback: begin the list anew, with a page chooser of a new key."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def chart_key() -> str:
    """The key of the chart with the brush; a new one takes the brushed range away."""
    return f"explore_histogram_{st.session_state.get(_BRUSHES, 0)}"


def page_key() -> str:
    """The key of the page chooser."""
    return f"explore_page_{st.session_state.get(_ROUND, 0)}"


_SLICE = "explore_slice_"


def _draw_likeness(desk: ExploreDesk) -> Likeness | None:
    if not desk.can_compare:
        return None
    item = st.session_state.get(_LIKE) or ""
    sentence = st.text_input(
        _("Similar to"),
        key=_SENTENCE,
        type="search",
        max_chars=LONGEST_TEXT,
        placeholder=_("item {item}").format(item=item) if item else _("a sentence"),
        on_change=_forget_item,
        help=_("Items that mean nearly the same come first, whatever their words, in any of 16 languages."),
    )
    return read_likeness(sentence=sentence, item=item)


def _forget_item() -> None:
    st.session_state[_LIKE] = ""
    to_first_page()


def _draw_rest(desk: ExploreDesk) -> dict[str, Any]:
    """The filters that are wanted less often, behind one button that says how many of them are set."""
    values = [st.session_state.get(_slice_key(one)) for one in desk.slices]
    count = sum(map(bool, [*values, *(st.session_state.get(one) for one in (_VERSION, _CHANGED, _UNANSWERED))]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        disagrees = st.toggle(
            _("Label and model differ"),
            key=_DISAGREES,
            on_change=to_first_page,
            help=_("Only items whose label is not what the model answers."),
        )
        label = _("More filters ({count})").format(count=count) if count else _("More filters")
        with st.popover(label, key="explore_more", icon=":material/tune:"):
            unanswered = _draw_unanswered()
            found = [(one.field, _draw_slice(one)) for one in desk.slices]
            version_id, changed = _draw_versions(desk)
            _draw_split(desk)
    slices = tuple((field, value) for field, value in found if value)
    others = {"version_id": version_id, "changed": changed, "unanswered": unanswered}
    return {"disagrees": disagrees, "slices": slices, **others}


def _draw_unanswered() -> bool:
    return st.toggle(
        _("Answered by nobody yet"),
        key=_UNANSWERED,
        on_change=to_first_page,
        help=_("Only items without an answer by people or by import, whatever the model says."),
    )


def _draw_slice(choice: SliceChoice) -> str | None:
    return st.selectbox(
        choice.field,
        choice.values,
        index=None,
        key=_slice_key(choice),
        placeholder=_("any; or type one") if choice.is_cut else _("any"),
        accept_new_options=True,
        on_change=to_first_page,
    )


def _draw_versions(desk: ExploreDesk) -> tuple[int | None, bool]:
    others = [one for one in desk.version_names if one != desk.champion_id]
    if not others:
        st.caption(_("Versions can be compared here once a second one has answered."))
        return None, False
    version_id = _choose(
        _("Answers of"), others, key=_VERSION, name=lambda one: desk.version_names[one], none=_("the version in use")
    )
    has_other = version_id is not None or desk.has_before
    changed = st.toggle(
        _("Answers that changed"),
        key=_CHANGED,
        disabled=not has_other,
        on_change=to_first_page,
        help=_("Only items that two versions answer differently: the one in use, and the one chosen or before it."),
    )
    return version_id, changed and has_other


def _draw_split(desk: ExploreDesk) -> None:
    if desk.champion_id is not None or desk.version_names:
        st.selectbox(_("Colours of the chart"), list(desk.splits), format_func=lambda one: desk.splits[one], key=_SPLIT)


def _choose(
    label: str, options: Sequence[_Option], *, key: str, name: Callable[[_Option], str], none: str = ""
) -> _Option | None:
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(
        label,
        options,
        index=None,
        format_func=name,
        key=key,
        placeholder=none or _("any"),
        on_change=to_first_page,
    )


def _slice_key(choice: SliceChoice) -> str:
    return f"{_SLICE}{choice.field}"


def _lift_brush() -> None:
    st.session_state[_BROUGHT] = st.session_state[_RANGE]
    st.session_state[_BRUSHES] = st.session_state.get(_BRUSHES, 0) + 1
    to_first_page()


def _asked() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in OPTIONS if name in st.query_params}
