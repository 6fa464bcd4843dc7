"""All items by confidence, route and label; any of them can be opened and corrected."""

import streamlit as st

from hitl.charts import BRUSH, draw_histogram, pick_palette
from hitl.loop.review import Shown, decide, undo
from hitl.ui.explore_filters import PAGE_KEY, draw_filters
from hitl.ui.figures import brushed_range, draw_brushed_chart
from hitl.ui.item_list import draw_list
from hitl.ui.item_panel import CLASS_KEY, COMMENT_KEY, draw_correction, draw_history, draw_item
from hitl.views.explore import read_classes, read_histogram, read_item, read_items
from hitl.views.wording import plain
from pages._session import PageContext, acting, notify, open_page, renew, request_id

CHART_KEY = "explore_histogram"


def main() -> None:
    page = open_page()
    st.title("Explore", anchor=False)
    histogram = read_histogram(page.db)
    if histogram.item_count:
        with st.container(border=True):
            chart = draw_histogram(histogram, pick_palette(st.context.theme.type), height=200)
            draw_brushed_chart(chart, key=CHART_KEY, on_select=to_first_page)
            st.caption(":material/filter_alt: Drag on the chart to list a range of confidence; double-click for all.")
    chosen = draw_filters(read_classes(page.db), confidence=brushed_range(CHART_KEY, brush=BRUSH, field="lo"))
    left, right = st.columns([1.7, 1], gap="small")
    with left:
        draw_list(
            chosen, read=lambda order, number: read_items(page.db, chosen, order=order, page=number), on_pick=pick
        )
    with right, st.container(border=True):
        draw_panel(page)


def draw_panel(page: PageContext) -> None:
    external_id = st.query_params.get("item")
    if external_id is None:
        st.caption(":material/left_click: Pick an item in the list to read, decide or correct it.")
        return
    item = read_item(page.db, external_id, people=page.people)
    if item is None:
        st.warning(f"There is no item '{plain(external_id)}' in this project.", icon=":material/search_off:")
        return
    draw_item(item)
    draw_correction(item, read_classes(page.db), on_save=save)
    draw_history(item, actor_id=page.actor.id, now=page.now, on_undo=take_back)


def save() -> None:
    with acting() as page:
        item = read_item(page.db, st.query_params["item"], people=page.people)
        seen = item.prediction if item and not item.is_blind else None
        answer = decide(
            page.db,
            actor=page.actor,
            request_id=request_id("correction"),
            item_id=item.item_id if item else 0,
            class_id=st.session_state[CLASS_KEY],
            shown=Shown(seen.version_id, seen.class_id, seen.confidence) if seen else None,
            comment=st.session_state[COMMENT_KEY],
            now=page.now,
        )
        renew("correction")
        st.session_state[CLASS_KEY], st.session_state[COMMENT_KEY] = None, ""
        notify(answer.message or "Saved.")


def take_back(target: str) -> None:
    with acting() as page:
        undo(page.db, actor=page.actor, request_id=request_id("undo"), target_request_id=target, now=page.now)
        renew("undo")
        notify("Undone: what stood before stands again.")


def pick(key: str, external_ids: tuple[str, ...]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[CLASS_KEY], st.session_state[COMMENT_KEY] = None, ""
    if rows:
        st.query_params["item"] = external_ids[rows[0]]


def to_first_page() -> None:
    st.session_state[PAGE_KEY] = 1


main()
