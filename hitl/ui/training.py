"""The cards of the Train page: start a training, and draw a blind test."""

from collections.abc import Callable

import streamlit as st

from hitl.ui.figures import NEW_LINE, draw_count, draw_rate, pair_of_cards
from hitl.views.formatting import number
from hitl.views.training import TrainingDesk
from hitl.views.versions import VersionSummary
from hitl.views.wording import count_of, plain

COUNT_KEY = "blind_test_count"
USUAL_TEST = 50
_MOST = 1_000


def draw_staleness(desk: TrainingDesk) -> None:
    """Draw whether the newest version knows all labels."""
    news = desk.staleness
    if news.version_name is None:
        st.badge("No model yet", icon=":material/model_training:", color="gray")
    elif news.is_stale:
        st.badge(f"{describe_news(desk)} since {plain(news.version_name)}", icon=":material/update:", color="orange")
    else:
        st.badge(f"{plain(news.version_name)} knows all labels", icon=":material/check:", color="green")


def describe_news(desk: TrainingDesk) -> str:
    """What was said after the newest version's snapshot."""
    news = desk.staleness
    parts = []
    if news.label_event_count:
        parts.append(count_of(news.label_event_count, "new or changed label"))
    if news.class_event_count:
        parts.append(count_of(news.class_event_count, "changed class", "changed classes"))
    return " and ".join(parts)


def draw_champion(champion: VersionSummary) -> None:
    """Draw the version in use: how right it is, and on what it was trained."""
    with pair_of_cards():
        draw_rate(
            f"{plain(champion.title)}, in use: accuracy" + (", roughly" if champion.is_relative else ""),
            champion.accuracy,
            source=champion.source_name,
            unknown="draw a blind test below",
            explanation="Share of right answers; roughly means on labels that people chose, not on items drawn.",
        )
        if champion.label_count is not None:
            draw_count(
                "Learned from",
                champion.label_count,
                f"labels; none of them{NEW_LINE}is kept for testing",
                explanation="Labels in the snapshot that it was trained on.",
                icon=":material/model_training:",
            )


def draw_start(desk: TrainingDesk, *, is_busy: bool, on_start: Callable[[], None]) -> None:
    """Draw the button that starts a training, or what is missing for one."""
    if desk.missing:
        st.info(plain(desk.missing), icon=":material/label:")
        st.page_link("review.py", label="Review items", icon=":material/arrow_forward:")
        return
    is_first = desk.staleness.version_name is None
    st.markdown(_describe_training(desk))
    st.button(
        "Train a first model" if is_first else "Retrain",
        key="retrain",
        type="primary" if desk.staleness.is_stale else "secondary",
        icon=":material/model_training:",
        disabled=is_busy,
        on_click=on_start,
    )
    if not is_first and not desk.staleness.is_stale:
        st.caption("Nothing new since the last training: the same labels give the same model.")


def draw_test_labels(desk: TrainingDesk, *, on_measure: Callable[[], None]) -> None:
    """Draw which labels are kept for testing, how far a blind test is, and the button that measures with it."""
    tests = desk.tests
    st.subheader("Test labels", anchor=False)
    if tests.imported_count:
        st.markdown(
            f":material/upload_file: {number(tests.imported_count)} labels that came with the data are kept aside."
        )
    if tests.drawn_count:
        st.markdown(
            f":material/casino: {count_of(tests.drawn_count, 'item')} drawn for blind tests, "
            f"{number(tests.drawn_labelled_count)} decided so far."
        )
        st.progress(tests.drawn_labelled_count / tests.drawn_count)
    if tests.waiting_count:
        text = f"Review the {number(tests.waiting_count)} that wait"
        st.page_link("review.py", label=text, icon=":material/arrow_forward:")
    if desk.unmeasured_count:
        st.button(
            f"Measure with {count_of(desk.unmeasured_count, 'new test label')}",
            key="measure",
            icon=":material/straighten:",
            on_click=on_measure,
        )


def draw_blind_test(desk: TrainingDesk, *, on_draw: Callable[[], None]) -> None:
    """Draw what a blind test is, and the button that draws one."""
    st.caption(
        "A blind test draws items at random and asks people without showing the model's answer. "
        "Its labels are kept for measuring only: no version ever learns from them, so the accuracy is honest."
    )
    _draw_button(desk, on_draw=on_draw)


def _draw_button(desk: TrainingDesk, *, on_draw: Callable[[], None]) -> None:
    if not desk.unanswered_count:
        st.caption("Every item has an answer by people or by import, so there is nothing left to draw from.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            "Items to draw", min_value=1, max_value=_MOST, value=USUAL_TEST, step=10, key=COUNT_KEY, width=150
        )
        st.button("Draw a blind test", key="draw_test", icon=":material/casino:", on_click=on_draw)


def _describe_training(desk: TrainingDesk) -> str:
    found = f"It learns from {count_of(desk.label_count, 'label')}"
    if desk.staleness.version_name is None:
        return f"{found} and begins to answer at once."
    return f"{found}. The model in use stays until you promote the new one."
