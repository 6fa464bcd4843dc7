"""Many items at once: what to do with which of them, what that would change, what was done before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from hitl.domain.bulk import BulkKind, LeftOut
from hitl.domain.language import _, ngettext
from hitl.domain.records import LabelClass
from hitl.ui.item_list import TickedList
from hitl.views.bulk import LEFT_OUT_REASONS, BulkPreview, ShownAct
from hitl.views.formatting import number
from hitl.views.wording import ago, plain

_LONGEST_REASON = 2_000
_SHOWN_CLASSES = 8
_SAMPLE_LENGTH = 90


@dataclass(frozen=True)
class BulkDraft:
    """What a person is about to do with many items."""

    kind: BulkKind
    class_id: int | None
    comment: str


def draw_which(listed: TickedList) -> tuple[int, ...] | None:
    """Draw which items it is about, and give their ids; None for all that fit the filters."""
    ticked_count, everything = len(listed.item_ids), _everything(listed)
    if not ticked_count:
        hint = _("{all} the filters. Tick rows to take only those.")
        if listed.nearest_ids is not None:
            hint = _("{all}, the nearest first. Tick rows to take only those.")
        st.caption(hint.format(all=everything))
        return listed.nearest_ids
    ticked = ngettext("{count} ticked row", "{count} ticked rows", ticked_count).format(count=number(ticked_count))
    chosen = st.segmented_control(
        _("Which items"), [ticked, everything], default=ticked, required=True, key=f"bulk_which_{ticked_count}"
    )
    return listed.nearest_ids if chosen == everything else listed.item_ids


def _everything(listed: TickedList) -> str:
    if listed.nearest_ids is None:
        words = ngettext("The {count} item that fits", "All {count} items that fit", listed.total_count)
    else:
        words = ngettext("The {count} item listed", "All {count} items listed", listed.total_count)
    return words.format(count=number(listed.total_count))


def draw_bulk_form(classes: Sequence[LabelClass]) -> BulkDraft | None:
    """Draw what is to be done and why; None until that is said."""
    kinds = {
        BulkKind.CONFIRM: _("Confirm the model's answers"),
        BulkKind.CORRECT: _("Label with one class"),
        BulkKind.CANNOT_TELL: _("Settle as “can't tell”"),
        BulkKind.REVIEW: _("Send back to review"),
    }
    names, hint = kinds.__getitem__, _("choose")
    kind = st.selectbox(_("What to do"), list(kinds), index=None, format_func=names, key="bulk_kind", placeholder=hint)
    class_id = _draw_class(classes) if kind is BulkKind.CORRECT else None
    comment = st.text_input(
        _("Reason"), key="bulk_reason", max_chars=_LONGEST_REASON, placeholder=_("for the items' history (optional)")
    )
    if kind is None or (kind is BulkKind.CORRECT and class_id is None):
        return None
    return BulkDraft(kind, class_id, comment.strip())


def clear_bulk_form() -> None:
    """Empty the form; for callbacks."""
    st.session_state["bulk_kind"], st.session_state["bulk_reason"] = None, ""


def draw_bulk_preview(draft: BulkDraft, preview: BulkPreview, *, is_busy: bool, on_start: Callable[[], None]) -> None:
    """Draw what would change and what would not, with a sample; ``on_start`` is the button's callback."""
    if not preview.group_count:
        st.info(_("Nothing would change."), icon=":material/info:")
        _draw_left_out(preview)
        return
    count = number(preview.item_count)
    _draw_counts(draft, preview, count)
    _draw_left_out(preview)
    _draw_sample(draft, preview)
    if is_busy:
        st.caption(_("Another bulk act is under way. Wait for its end, or cancel it."))
    label = {
        BulkKind.REVIEW: ngettext("Send {count} item back", "Send {count} items back", preview.item_count),
        BulkKind.CANNOT_TELL: ngettext("Settle {count} item", "Settle {count} items", preview.item_count),
    }.get(draft.kind, ngettext("Label {count} item", "Label {count} items", preview.item_count))
    st.button(
        label.format(count=count),
        key="bulk_start",
        type="primary",
        icon=":material/done_all:",
        disabled=is_busy,
        on_click=on_start,
    )


def draw_act_news(act: ShownAct, *, on_undo: Callable[[int], None], on_close: Callable[[], None]) -> None:
    """Draw what was just done in bulk, with its undo, until the person puts it away."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="bulk_news"):
        icon = ":material/undo:" if act.state == "undone" else ":material/check_circle:"
        st.markdown(f"{icon} {plain(_describe_state(act))}", width="stretch")
        if act.state == "done":
            st.button(_("Undo"), key="bulk_news_undo", icon=":material/undo:", on_click=on_undo, args=(act.id,))
        st.button(_("Close"), key="bulk_news_close", icon=":material/close:", type="tertiary", on_click=on_close)


def draw_acts(
    acts: Sequence[ShownAct],
    *,
    actor_id: int,
    now: datetime,
    on_undo: Callable[[int], None],
    on_go_on: Callable[[ShownAct], None],
) -> None:
    """Draw the latest acts, newest first; one's own and a version's can be undone, and gone on with."""
    with st.expander(_("Done in bulk before"), icon=":material/history:"):
        if not acts:
            st.caption(_("Nothing yet. What is done to many items at once stands here, with its undo."))
        for act in acts:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw_act(act, now=now)
                if act.actor_id == actor_id or act.is_of_version:
                    _draw_act_buttons(act, on_undo=on_undo, on_go_on=on_go_on)


def _draw_class(classes: Sequence[LabelClass]) -> int | None:
    names = {one.id: one.name for one in classes}
    return st.selectbox(
        _("Class"),
        list(names),
        index=None,
        format_func=lambda class_id: names.get(class_id, "?"),
        key="bulk_class",
        placeholder=_("type to find a class"),
    )


def _draw_counts(draft: BulkDraft, preview: BulkPreview, count: str) -> None:
    items = ngettext("{count} item", "{count} items", preview.item_count).format(count=count)
    target = plain(next(iter(preview.becomes), ""))
    lead = {
        BulkKind.REVIEW: _("**{count}** would wait for a person again. Until then their answers stand:"),
        BulkKind.CONFIRM: _("**{count}** would be:"),
    }.get(draft.kind, _("**{count}** would be **{name}**. Now they are:"))
    counts = preview.becomes if draft.kind is BulkKind.CONFIRM else preview.present
    parts = [f"{plain(name)} **{number(found)}**" for name, found in list(counts.items())[:_SHOWN_CLASSES]]
    st.markdown(lead.format(count=items, name=target))
    st.markdown(f":small[{' · '.join(parts + ['…'] * (len(counts) > _SHOWN_CLASSES))}]")
    if preview.people_count and draft.kind is not BulkKind.REVIEW:
        sentence = ngettext(
            "{count} was decided by a person before; this takes its place.",
            "{count} were decided by people before; this takes its place.",
            preview.people_count,
        )
        st.markdown(f":orange[:material/person_alert: {sentence.format(count=number(preview.people_count))}]")


def _draw_left_out(preview: BulkPreview) -> None:
    if preview.left_out:
        reasons = [_left_out_text(reason, count) for reason, count in preview.left_out.items()]
        st.caption(_("Left as they are: {reasons}.").format(reasons="; ".join(reasons)))


def _left_out_text(reason: LeftOut, count: int) -> str:
    return f"{number(count)} {LEFT_OUT_REASONS[reason]}"


def _draw_sample(draft: BulkDraft, preview: BulkPreview) -> None:
    with st.container(gap="xsmall"):
        st.caption(_("Some of them:"))
        for one in preview.sample:
            with st.container(gap=None):
                st.markdown(f":small[{plain(_shortened(one.excerpt))}]")
                then = "" if draft.kind is BulkKind.REVIEW else f" → **{plain(one.becomes)}**"
                st.caption(f"{plain(one.external_id)} · {plain(one.label)}{then}")


def _shortened(text: str) -> str:
    return text if len(text) <= _SAMPLE_LENGTH else f"{text[: _SAMPLE_LENGTH - 1]}…"


def _draw_act(act: ShownAct, *, now: datetime) -> None:
    about = " · ".join(filter(None, (act.actor_name, ago(act.at, now), act.chosen)))
    reason = f" — “{plain(act.comment)}”" if act.comment else ""
    with st.container(gap=None, width="stretch"):
        st.markdown(f":small[{plain(_describe_state(act))}]")
        st.caption(f"{plain(about)}{reason}")


def _draw_act_buttons(act: ShownAct, *, on_undo: Callable[[int], None], on_go_on: Callable[[ShownAct], None]) -> None:
    if act.state in {"stopped", "undoing"}:
        st.button(_("Go on"), key=f"bulk_go_on_{act.id}", type="tertiary", on_click=on_go_on, args=(act,))
    if act.state in {"stopped", "done"}:
        st.button(
            _("Undo"),
            key=f"bulk_undo_{act.id}",
            icon=":material/undo:",
            type="tertiary",
            on_click=on_undo,
            args=(act.id,),
        )


def _describe_state(act: ShownAct) -> str:
    sentences = {
        "done": _("{act}."),
        "stopped": _("Not finished: {act}."),
        "undoing": _("Being undone: {act}."),
        "undone": _("Undone: {act}."),
    }
    return sentences[act.state].format(act=act.text)
