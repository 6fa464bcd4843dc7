"""Review: one flagged item at a time; labelling goes to our own route and never runs this script again."""

import streamlit as st

from hitl.domain.language import _
from hitl.ui.deck import review_deck
from hitl.ui.figures import draw_empty
from hitl.ui.heading import draw_heading
from hitl.views.review import read_desk
from pages._session import open_page

page = open_page()
desk = read_desk(page.db)
draw_heading(_("Review"))
if not desk.classes:
    text = _("Reviewing means choosing a class. Add at least two, or import a file with a column of labels.")
    draw_empty(_("No classes yet"), text, page="settings", link=_("Add classes in Settings"), icon="label")
    st.stop()
review_deck(slug=page.slug, actor_id=page.actor.id, desk=desk)
