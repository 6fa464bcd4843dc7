"""Errors of ours, drawn where they happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hitl.domain.errors import HitlError
from hitl.views.wording import plain


@contextmanager
def shown_errors() -> Iterator[None]:
    """A block whose errors of ours are drawn in its place."""
    try:
        yield
    except HitlError as error:
        st.error(plain(error), icon=":material/error:")
