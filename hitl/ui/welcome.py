"""What somebody sees who has no project yet."""

import streamlit as st

from hitl.ui.heading import draw_heading

_STEPS = (
    ("upload_file", "1. Bring in items", "A file (CSV, Excel, JSON …): one row an item, with labels or without."),
    ("rate_review", "2. Decide", "People decide what the model is not sure of, one item after the other."),
    ("model_training", "3. Let it learn", "Train on the decisions, compare, and take the better model into use."),
)


def draw_welcome() -> None:
    """Draw what Tandem does, in three steps, and where to begin."""
    draw_heading("Welcome to Tandem")
    st.markdown("People and a model label data together: the model answers what it is sure of, people decide the rest.")
    with st.grid(3, min_column_width=220, gap="small"):
        for icon, title, text in _STEPS:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"### :material/{icon}:")
                st.markdown(f"**{title}**")
                st.caption(text)
    st.page_link("import_.py", label="**Import a file to begin**", icon=":material/arrow_forward:", width="content")
