"""The frame of every page: which project it is about, whatever the person does first."""

import streamlit as st

from tests.small_project import SmallProject


def test_the_project_of_the_address_is_chosen_before_there_is_a_link_to_follow(open_page, data_dir, monkeypatch):
    for slug in ("first", "second"):
        SmallProject(data_dir, slug=slug, rows=3).db.conn.close()
    chosen, real = [], st.navigation

    def navigation(pages):
        chosen.append(st.session_state.get("project"))
        return real(pages)

    monkeypatch.setattr(st, "navigation", navigation)
    open_page("overview", project="second")
    assert set(chosen) == {"second"}
