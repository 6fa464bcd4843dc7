"""The pages there are, in the order of the sidebar."""

from pathlib import Path

import streamlit as st

from hitl.domain.language import _

FOLDER = Path(__file__).resolve().parent
IMPORT = "import"


def list_pages() -> dict[str, list[st.Page]]:
    """The pages by their heading in the sidebar."""
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
    ]
    return {"": work, _("Model"): model, _("Set up"): project}


def at(name: str, title: str, icon: str, summary: str) -> st.Page:
    """A page in its file; its address is the file's name."""
    return st.Page(
        FOLDER / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name.rstrip("_"),
        help=summary,
        default=name == "overview",
    )
