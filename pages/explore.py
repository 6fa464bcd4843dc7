"""All items by confidence, route and label; any of them can be opened and corrected."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui.figures import draw_empty
from hitl.ui.heading import draw_heading
from hitl.ui.item_list import draw_list, split_for_panel
from hitl.ui.item_panel import draw_correction, draw_history, draw_item
from hitl.views.explore import has_items, read_classes
from hitl.views.item_detail import read_item
from pages._bulk import MANY_KEY, draw_many, draw_news
from pages._by_hand import draw_one_item
from pages._corrections import close, pick, save, take_back
from pages._finding import draw_choice
from pages._hidden import draw_covered
from pages._hint import draw_hint
from pages._redact import draw_gone, draw_redacting
from pages._saved_views import draw_views
from pages._session import PageContext, open_page
from pages._similar import draw_find_similar, read_listed
from pages._why import draw_reasons


def main() -> None:
    page = open_page()
    actions = draw_heading(_("Explore")).container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall", width="content"
    )
    if not has_items(page.db):
        text = _("Import a file to begin, or add an item by hand.")
        with actions:
            draw_one_item(page)
        draw_empty(_("No items yet"), text, page="import_", link=_("Import"), icon="upload_file")
        return
    many = may(page.actor, Permission.BULK) and actions.toggle(_("Change many"), key=MANY_KEY, on_change=close)
    is_busy = draw_news(page)
    top = st.container()
    state = draw_choice(page)
    with actions:
        draw_views(page, state)
        draw_one_item(page)
    external_id = st.query_params.get("item")
    is_open = many or external_id is not None
    left, right = split_for_panel(is_open=is_open, top=top)
    with left:
        read = partial(read_listed, page, state)
        listed = draw_list(state, is_narrow=is_open, read=read, on_pick=pick, ticking=many)
    if many:
        with right, st.container(border=True):
            draw_many(page, state.chosen, listed, is_busy=is_busy)
    elif external_id is not None:
        with right, st.container(border=True):
            draw_panel(page, external_id)


def draw_panel(page: PageContext, external_id: str) -> None:
    item = read_item(page.db, external_id, people=page.people)
    if item is None:
        draw_gone(page, external_id)
        return
    draw_item(item, slug=page.slug, on_close=close, below=lambda: draw_reasons(page, item))
    draw_hint(page, item)
    draw_find_similar(page, external_id)
    draw_covered(page, item)
    can_review = may(page.actor, Permission.REVIEW)
    if can_review:
        draw_correction(item, read_classes(page.db), on_save=save)
    draw_history(item, actor_id=page.actor.id, now=page.now, on_undo=take_back if can_review else None)
    draw_redacting(page, external_id)


main()
