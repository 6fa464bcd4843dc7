"""How the back-ups stand, where whoever runs the desk sees it."""

import streamlit as st

from hitl.views.backups import BackupNote


def draw_backups(note: BackupNote | None) -> None:
    """Draw the note: as a warning when somebody has to do something, else small."""
    if note is None:
        return
    if note.is_trouble:
        st.warning(note.text, icon=":material/backup:")
    else:
        st.caption(note.text)
