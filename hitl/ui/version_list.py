"""All versions as a table from which one is picked."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from hitl.domain.language import _, later
from hitl.views.versions import PromotionLine, VersionSummary
from hitl.views.wording import ago, interval, plain

_KIND_WORDS = {"promote": "promoted", "rollback": later("returned to")}


def draw_versions(
    versions: Sequence[VersionSummary], *, key: str, now: datetime, on_pick: Callable[[tuple[int, ...]], None]
) -> None:
    """Draw the versions, newest first; ``on_pick`` is a callback with the ids in the table's order."""
    ids = tuple(version.version.id for version in versions)
    st.dataframe(
        pd.DataFrame([_line(version, now) for version in versions]),
        hide_index=True,
        key=key,
        on_select=lambda: on_pick(ids),
        selection_mode="single-row",
        column_config={
            "Accuracy": st.column_config.ProgressColumn(format="%.1f %%", min_value=0, max_value=100, color="primary"),
            "Version": st.column_config.TextColumn(width=150),
            "In use": st.column_config.TextColumn(width=75),
            "Measured on": st.column_config.TextColumn(width=150),
            "Labels": st.column_config.NumberColumn(
                _("Learned from"), format="localized", help=_("Labels that it learned from.")
            ),
            "n": st.column_config.NumberColumn(
                _("Tested on"), format="localized", help=_("Labels that the accuracy rests on.")
            ),
        },
        placeholder="—",
        alt=_("Model versions, newest first"),
    )


def draw_promotions(lines: Sequence[PromotionLine], *, now: datetime) -> None:
    """Draw who put which version in charge, newest first."""
    if not lines:
        st.caption(_("Never promoted yet."))
    for line in lines:
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            icon = "military_tech" if line.kind == "promote" else "history"
            verb = _KIND_WORDS.get(line.kind, line.kind)
            st.markdown(f":material/{icon}: {verb} **{plain(line.version_name)}**: {plain(line.reason)}")
            st.caption(f"{plain(line.actor_name)} · {ago(line.at, now)}", width="content")


def _line(version: VersionSummary, now: datetime) -> dict[str, object]:
    rate = version.accuracy
    return {
        "Version": version.title,
        "In use": _("● in use") if version.is_champion else "",
        "Accuracy": rate.value * 100 if rate else None,
        "95 % range": interval(rate) if rate else _("not known"),
        "n": rate.count if rate else None,
        "Measured on": version.source_name,
        "Labels": version.label_count,
        "Trained": ago(version.version.at, now),
    }
