"""All versions as a table from which one is picked."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from hitl.domain.language import Words, _, later
from hitl.views.formatting import percent_pattern
from hitl.views.versions import PromotionLine, VersionSummary
from hitl.views.wording import ago, interval, plain

_KIND_WORDS = Words(
    {
        "promote": later("**{name}** promoted: {reason}"),
        "rollback": later("Returned to **{name}**: {reason}"),
    }
)


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
            "Accuracy": st.column_config.ProgressColumn(
                _("Accuracy"), width=125, format=percent_pattern(1), min_value=0, max_value=100, color="primary"
            ),
            "Version": st.column_config.TextColumn(_("Version"), width=145, pinned=True),
            "Measured on": st.column_config.TextColumn(_("Measured on"), width=150),
            "Range": st.column_config.TextColumn(_("95 % range")),
            "Trained": st.column_config.TextColumn(_("Trained")),
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
            text = _KIND_WORDS[line.kind].format(name=plain(line.version_name), reason=plain(line.reason))
            st.markdown(f":material/{icon}: {text}")
            st.caption(f"{plain(line.actor_name)} · {ago(line.at, now)}", width="content")


def _line(version: VersionSummary, now: datetime) -> dict[str, object]:
    rate = version.accuracy
    return {
        "Version": _("{name} · in use").format(name=version.title) if version.is_champion else version.title,
        "Accuracy": rate.value * 100 if rate else None,
        "Range": interval(rate) if rate else _("not known"),
        "n": rate.count if rate else None,
        "Measured on": version.source_name,
        "Labels": version.label_count,
        "Trained": ago(version.version.at, now),
    }
