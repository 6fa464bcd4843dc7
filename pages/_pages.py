"""The pages there are, in the order of the sidebar, and which of them are open to whom."""

from functools import partial
from pathlib import Path
from typing import Literal

import streamlit as st

from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.domain.policies import PAGE_PERMISSIONS, opens_page
from hitl.ui.page_link import keep_closed

FOLDER = Path(__file__).resolve().parent
HOME = "overview"
WITHOUT_PROJECT = frozenset({"import", "people", "you"})
"""The addresses of pages that have something to show where no project is chosen."""


def list_pages(actor: Actor) -> dict[str, list[st.Page]]:
    """The pages by their heading in the sidebar; one that is closed to the actor is neither listed nor linked to."""
    at = partial(place, actor)
    keep_closed(frozenset(name for name in PAGE_PERMISSIONS if not opens_page(actor, name)))
    work = [
        at("overview", _("Overview"), "dashboard", _("How the project stands and what to do next.")),
        at("review", _("Review"), "rate_review", _("Decide the items that the model leaves to people, one by one.")),
        at("explore", _("Explore"), "search_insights", _("All items by confidence and label; correct any of them.")),
    ]
    model = [
        at("train", _("Train"), "model_training", _("Train on the labels so far and compare the result.")),
        at("versions", _("Versions"), "history", _("Every model version with its measurements; promote or roll back.")),
        at("compare", _("Compare"), "compare_arrows", _("Any two versions side by side, and the items that changed.")),
    ]
    project = [
        at("import_", _("Import"), "upload_file", _("Bring in items from a file, or begin a project.")),
        at("settings", _("Settings"), "tune", _("When the model answers, which classes there are, and exports.")),
        at("people", _("People"), "group", _("Who is in the project and on this Tandem, as what.")),
        at("audit", _("Audit"), "policy", _("Who did what and when, for leads and owners.")),
    ]
    you = at("you", _("You"), "account_circle", _("Your name, password, sessions and data."), visibility="hidden")
    # the way to one's own page is one's name, at the foot of the sidebar
    return {"": work, _("Model"): model, _("Set up"): [*project, you]}


def place(
    actor: Actor, name: str, title: str, icon: str, summary: str, visibility: Literal["visible", "hidden"] = "visible"
) -> st.Page:
    """A page in its file; its address is the file's name."""
    return st.Page(
        FOLDER / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name.rstrip("_"),
        help=summary,
        default=name == "overview",
        visibility=visibility if opens_page(actor, name) else "hidden",
    )


def is_open(page: st.Page, actor: Actor) -> bool:
    """Whether the page is open to the actor."""
    return opens_page(actor, next(name for name in PAGE_PERMISSIONS if name.rstrip("_") == (page.url_path or HOME)))


def say_closed(page: st.Page) -> None:
    """Draw, in place of a page, that it is closed to whoever is here, and whom to ask."""
    st.title(page.title, anchor=False)
    text = _("This page is for others in the project: your role does not open it. Ask a lead or the owner.")
    st.info(text, icon=":material/lock:")
