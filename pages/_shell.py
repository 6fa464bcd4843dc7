"""The script that Streamlit runs: which pages there are, which project they are about, and who is here."""

from pathlib import Path

import streamlit as st

from hitl.domain.people import LOCAL_OWNER
from pages._session import PROJECT_KEY, list_lines, run_connections

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    st.set_page_config(page_title="Tandem", page_icon=str(ROOT / "static" / "icon.svg"), layout="wide")
    st.logo(str(ROOT / "static" / "logo.svg"), size="medium", icon_image=str(ROOT / "static" / "icon.svg"))
    page = st.navigation(list_pages())
    draw_sidebar()
    with run_connections():
        page.run()


def list_pages() -> dict[str, list[st.Page]]:
    folder = ROOT / "pages"

    def at(name: str, title: str, icon: str, summary: str, *, default: bool = False) -> st.Page:
        file = folder / f"{name}.py"
        return st.Page(
            file, title=title, icon=f":material/{icon}:", url_path=name.rstrip("_"), help=summary, default=default
        )

    return {
        "": [
            at("overview", "Overview", "dashboard", "How the project stands and what to do next.", default=True),
            at("review", "Review", "rate_review", "Decide the items that the model leaves to people, one by one."),
            at(
                "explore",
                "Explore",
                "search_insights",
                "All items by confidence and label; correct any of them.",
            ),
        ],
        "Model": [
            at("train", "Train", "model_training", "Train on the labels so far and compare the result."),
            at("versions", "Versions", "history", "Every model version with its measurements; promote or roll back."),
        ],
        "Project": [
            at("import_", "Import", "upload_file", "Bring in items from a CSV file, or begin a project."),
            at("settings", "Settings", "tune", "When the model answers, which classes there are, and exports."),
        ],
    }


def draw_sidebar() -> None:
    lines = list_lines()
    choose_project([line.slug for line in lines])
    names = {line.slug: line.name for line in lines}
    with st.sidebar:
        if lines:
            st.selectbox(
                "Project", list(names), format_func=names.get, key=PROJECT_KEY, on_change=keep_choice_in_address
            )
        st.space("stretch")
        st.caption(f":material/account_circle: {LOCAL_OWNER.name}")


def choose_project(slugs: list[str]) -> None:
    asked = st.query_params.get("project")
    if asked in slugs:
        st.session_state[PROJECT_KEY] = asked
    elif st.session_state.get(PROJECT_KEY) not in slugs:
        st.session_state[PROJECT_KEY] = slugs[0] if slugs else None
    chosen = st.session_state[PROJECT_KEY]
    if chosen and asked != chosen:
        st.query_params["project"] = chosen


def keep_choice_in_address() -> None:
    st.query_params.clear()
    st.query_params["project"] = st.session_state[PROJECT_KEY]


main()
