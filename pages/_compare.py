"""What a person does on the Compare page: choose two versions, let both answer the test labels, look further."""

import streamlit as st

from hitl.ui.comparison import FLIP_PAGE_KEY, NEW_KEY, OLD_KEY, SOURCE_KEY
from pages._jobs import submit
from pages._session import acting, renew

_AFTER = "compare_after"


def chosen_source() -> str | None:
    """The test labels chosen, or None before anybody chose."""
    return st.session_state.get(SOURCE_KEY)


def looked_after() -> int:
    """The item after which changed answers are looked for."""
    return int(st.session_state.get(_AFTER, 0))


def choose() -> None:
    """A callback: compare the two versions in the fields."""
    st.query_params["old"], st.query_params["new"] = st.session_state[OLD_KEY], st.session_state[NEW_KEY]
    for key in (FLIP_PAGE_KEY, SOURCE_KEY, _AFTER):
        st.session_state.pop(key, None)


def look_further(after: int) -> None:
    """A callback: the next window of changed answers."""
    st.session_state[_AFTER] = after


def answer(old_id: int, new_id: int) -> None:
    """A callback: let both versions answer the test labels that they have not answered."""
    with acting() as page:
        name = f"compare.{old_id}.{new_id}"
        submit(page, page.slug, "compare", {"old_id": old_id, "new_id": new_id}, request=name)
        renew(name)
