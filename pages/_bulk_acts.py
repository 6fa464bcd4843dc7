"""What a person does to many items at once: the act, its undoing, and going on with either."""

from dataclasses import dataclass

import streamlit as st

from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.bulk import AT_ONCE, BegunAct, begin_act, finish_act, finish_undoing, undo_act
from hitl.loop.jobs import JobKind
from hitl.ui.bulk_panel import BulkDraft, clear_bulk_form
from hitl.views.bulk import ShownAct, read_fitting_ids
from pages._jobs import submit
from pages._session import PageContext, acting, request_id

_ACT = "bulk_act"


@dataclass(frozen=True)
class Choice:
    """What the page showed when the button was drawn; a double click carries the same."""

    draft: BulkDraft
    chosen: ExploreFilter
    ticked: tuple[int, ...] | None
    expected_count: int
    last_act_id: int


def latest_act_id(page: PageContext) -> int | None:
    """The act that this person did last in this window, until it was put away."""
    return st.session_state.get(f"{_ACT}.{page.slug}")


def start(choice: Choice) -> None:
    """A callback: do it."""
    with acting() as page:
        act = begin_act(
            page.db,
            kind=choice.draft.kind,
            class_id=choice.draft.class_id,
            item_ids=read_fitting_ids(page.db, choice.chosen) if choice.ticked is None else choice.ticked,
            selection={"filter": choice.chosen.to_json()} if choice.ticked is None else {"ticked": True},
            comment=choice.draft.comment,
            expected_count=choice.expected_count,
            request_id=request_id(f"bulk.{page.slug}.{hash(choice)}"),
            actor=page.actor,
            now=page.now,
        )
        clear_bulk_form()
        carry_out(page, act, is_undone=False)


def take_back(act_id: int) -> None:
    """A callback: the act shall not stand."""
    with acting() as page:
        request = request_id(f"bulk.undo.{page.slug}.{act_id}")
        act = undo_act(page.db, act_id=act_id, request_id=request, actor=page.actor, now=page.now)
        carry_out(page, act, is_undone=True)


def go_on(act: ShownAct) -> None:
    """A callback: what was stopped goes on, the act or its undoing."""
    with acting() as page:
        carry_out(page, act, is_undone=act.state == "undoing")


def carry_out(page: PageContext, act: BegunAct | ShownAct, *, is_undone: bool) -> None:
    """A small act at once, a large one by the worker; then the page tells of it."""
    st.session_state[f"{_ACT}.{page.slug}"] = act.id
    if act.group_count <= AT_ONCE:
        (finish_undoing if is_undone else finish_act)(page.db, act_id=act.id, actor=page.actor, now=page.now)
        return
    args = {"act_id": act.id, "step": "undo" if is_undone else "do"}
    submit(page, page.slug, JobKind.BULK, args, request=f"bulk.{args}.{page.now}")


def put_away() -> None:
    """A callback: the news was read."""
    with acting() as page:
        st.session_state.pop(f"{_ACT}.{page.slug}", None)
