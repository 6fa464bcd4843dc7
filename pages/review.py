"""Review: one flagged item at a time; labelling goes to our own route and never runs this script again."""

import streamlit as st

from hitl.ui.deck import review_deck
from hitl.views.labels import explain_missing, read_class_counts, read_staleness
from hitl.views.review import ReviewDesk, read_desk
from pages._session import PageContext, open_page


def explain_empty(page: PageContext, desk: ReviewDesk) -> str:
    """What to do next when nothing is waiting."""
    missing = explain_missing(read_class_counts(page.db)) if desk.version_name is None else None
    if missing:
        return f"{missing} Import more items to go on."
    if desk.version_name is None:
        return "Everything here has an answer. Train the first model on the Train page, or import more items."
    next_steps = "Look at what was accepted on the Explore page, or raise the threshold there to check more of it."
    if read_staleness(page.db).is_stale:
        return f"The model has not learned from the newest answers yet: retrain it on the Train page. {next_steps}"
    return next_steps


page = open_page()
desk = read_desk(page.db, page.actor, page.now)
st.title("Review", anchor=False)
if not desk.classes:
    st.info("There are no classes to answer with yet.", icon=":material/label:")
    st.page_link("pages/settings.py", label="Add classes in Settings", icon=":material/settings:")
    st.stop()
review_deck(
    slug=page.slug,
    actor_id=page.actor.id,
    desk=desk,
    empty_title="Nothing is waiting for review",
    empty_text=explain_empty(page, desk),
)
