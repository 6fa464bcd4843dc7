"""Blind tests from the Train page: draw items at random, and measure with the labels they got."""

import random

import streamlit as st

from hitl.domain.language import _
from hitl.loop.evaluate import evaluate_version
from hitl.loop.route import draw_items
from hitl.ui.training import COUNT_KEY
from hitl.views.wording import count_of
from pages._session import acting, notify, request_id


def draw_test(request: str) -> None:
    """A callback: draw as many items as the number field says; a double click draws once."""
    with acting() as page:
        request = request_id(request)
        rng, count = random.Random(request), int(st.session_state[COUNT_KEY])  # noqa: S311  the same draw again
        drawn = draw_items(
            page.db, purpose="test", count=count, request_id=request, actor=page.actor, now=page.now, rng=rng
        )
        notify(
            _("{drawn} drawn; they come first in Review.").format(
                drawn=count_of(drawn, "{count} item", "{count} items")
            )
        )


def measure(version_ids: tuple[int, ...]) -> None:
    """A callback: measure the versions on all test labels that there are by now."""
    with acting() as page:
        for version_id in version_ids:
            evaluate_version(page.db, version_id=version_id, actor=page.actor, now=page.now)
        notify(_("Measured with the newest test labels."))
