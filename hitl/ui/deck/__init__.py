"""The review deck: a Components-v2 component from plain files, without a build step.

    words.js    what it says and how numbers are written, as words.py has put it
    outbox.js   decisions that the server has not answered yet, kept in localStorage
    desk.js     the cards held, what was decided, and the conversation with the server
    card.js     one card on the screen
    pictures.js the images of an item
    why.js      what weighed for the model's answer, and what was decided like it before
    classes.js  class buttons and type-to-find
    view.js     the whole screen
    deck.js     keys, and the function that Streamlit calls

Labelling goes to ``POST /api/v1/review/{project}`` and never runs a Streamlit script again.
"""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from hitl.domain.web_path import web_path
from hitl.ui.deck.words import read_words
from hitl.views.review import ReviewDesk

_FOLDER = Path(__file__).parent
_SCRIPTS = ("words.js", "outbox.js", "desk.js", "card.js", "pictures.js", "why.js", "classes.js", "view.js", "deck.js")

_mount = st.components.v2.component(
    "tandem_review_deck",
    html=(_FOLDER / "deck.html").read_text("utf-8"),
    css=(_FOLDER / "deck.css").read_text("utf-8"),
    js="\n".join((_FOLDER / name).read_text("utf-8") for name in _SCRIPTS),
)


def review_deck(*, slug: str, actor_id: int, desk: ReviewDesk) -> None:
    """The deck of one project for one reviewer.

    Parameters
    ----------
    slug : str
        The project.
    actor_id : int
        Whose decisions the browser keeps apart.
    desk : ReviewDesk
        The classes on offer, and the mark that tells this project from an earlier one of the same name.
    """
    data = {
        "project": slug,
        "mark": desk.mark,
        "actor": actor_id,
        "classes": [asdict(label_class) for label_class in desk.classes],
        "guide": desk.guide,
        "spoken": read_words(),
        "root": web_path(""),
    }
    _mount(key=f"review-deck-{slug}", data=data)
