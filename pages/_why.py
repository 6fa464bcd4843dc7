"""Why the model says so, on the Explore page: read, asked for, and looked for again until it is there."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.people import Permission
from hitl.loop.explain import ask_why
from hitl.ui.why import draw_why
from hitl.views.item_detail import ItemDetail
from hitl.views.why import WhyOfItem, read_why_of_item
from pages._session import PageContext, acting

_LOOK_SECONDS = 2.0


def draw_reasons(page: PageContext, item: ItemDetail) -> None:
    """Draw why the model answers so, where its answer is shown."""
    if item.prediction is None or item.is_blind:
        return
    why = read_why_of_item(page.db, item.item_id)
    if why.state == "asked":
        st.fragment(_look_again, run_every=_LOOK_SECONDS)(item)
    else:
        _draw(why, item, can_ask=may(page.actor, Permission.REVIEW))


def ask(item_id: int) -> None:
    """A callback: the worker is asked why."""
    with acting() as page:
        ask_why(page.db, item_id=item_id, actor=page.actor, now=page.now)


def _look_again(item: ItemDetail) -> None:
    with acting() as page:
        why = read_why_of_item(page.db, item.item_id)
        if why.state == "asked":
            _draw(why, item, can_ask=False)
        else:
            st.rerun()


def _draw(why: WhyOfItem, item: ItemDetail, *, can_ask: bool) -> None:
    name = item.prediction.class_name if item.prediction else ""
    draw_why(why, name, on_ask=partial(ask, item.item_id) if can_ask else None)
