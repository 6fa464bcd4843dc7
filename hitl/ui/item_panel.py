"""One item with everything known about it, and the place to correct it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

import streamlit as st

from hitl.domain.fields import Role
from hitl.domain.language import Words, _, later
from hitl.domain.links import safe_link
from hitl.domain.records import LabelClass
from hitl.views.explore import ANSWERED_NAMES
from hitl.views.formatting import number
from hitl.views.item_detail import ItemDetail, ShownEvent, ShownField, ShownPrediction, ShownRelease
from hitl.views.pictures import picture_url
from hitl.views.redaction import RedactedNote
from hitl.views.wording import ROUTE_NAMES, ago, percent, plain

CLASS_KEY, COMMENT_KEY = "correction_class", "correction_comment"
_LONGEST_COMMENT = 2_000
_MOST_PILLS = 9
_SHORT, _TALL_TEXT, _TALL_COUNT = 40, 900, 12
_END_REASONS = Words(
    {
        "decided": later("a person decided"),
        "rerouted": later("the model or the threshold changed"),
        "revised": later("the item was imported anew"),
        "brake": later("auto-accept was stopped"),
        "withdrawn": later("its import was withdrawn"),
        "redacted": later("its content was redacted"),
    }
)


def draw_missing(external_id: str, *, on_close: Callable[[], None]) -> None:
    """Draw that there is no such item."""
    _draw_heading(external_id, on_close)
    st.warning(_("There is no such item in this project. Pick one from the list."), icon=":material/search_off:")


def draw_redacted(external_id: str, note: RedactedNote, *, now: datetime, on_close: Callable[[], None]) -> None:
    """Draw what is left of an item whose content was redacted."""
    _draw_heading(external_id, on_close)
    st.info(
        _("The content of this item was redacted {when} by {name}: {reason}").format(
            when=ago(note.at, now), name=plain(note.actor_name), reason=plain(note.reason)
        ),
        icon=":material/ink_eraser:",
    )
    if not note.is_finished:
        st.caption(_("Nobody can read it any more; its last traces are being removed in the background."))


def draw_item(item: ItemDetail, *, slug: str, on_close: Callable[[], None], below: Callable[[], None]) -> None:
    """Draw an item: its fields, its answer, the model's view of it and why it went where it went.

    ``below`` draws why the model says so, with its answer.
    """
    _draw_heading(item.external_id, on_close)
    _draw_answer(item)
    _draw_images(item, slug)
    _draw_fields([field for field in item.fields if field.image is None])
    if item.identical_count > 1:
        st.caption(
            _(":material/content_copy: {identical_count} items have this content; they share one label.").format(
                identical_count=item.identical_count
            )
        )
    _draw_prediction(item, below)
    source = _("From {file}, row {row}.").format(file=plain(item.source_file), row=number(item.row_number))
    st.caption(source)


def draw_correction(item: ItemDetail, classes: Sequence[LabelClass], *, on_save: Callable[[], None]) -> None:
    """Draw the choice of a class with a comment; ``on_save`` runs as the button's callback."""
    is_first = item.answered_by == "nobody"
    _draw_class_choice(_("Decide this item") if is_first else _("Correct this item"), classes)
    chosen = next((one for one in classes if one.id == st.session_state.get(CLASS_KEY)), None)
    if chosen and chosen.guideline:
        st.caption(plain(chosen.guideline))
    st.text_input(_("Comment"), key=COMMENT_KEY, max_chars=_LONGEST_COMMENT, placeholder=_("why (optional)"))
    st.button(
        _("Save decision") if is_first else _("Save correction"),
        key="correction_save",
        type="primary",
        icon=":material/check:",
        disabled=chosen is None,
        on_click=on_save,
    )


def draw_history(item: ItemDetail, *, actor_id: int, now: datetime, on_undo: Callable[[str], None] | None) -> None:
    """Draw what was said of the item and what the model answered, newest first; ``on_undo`` takes one's own back."""
    st.markdown(_("**History**"))
    if not item.events and not item.releases:
        st.caption(_("Nobody has decided this item yet."))
    last = next((event for event in item.events if event.can_be_undone and not event.is_undone), None)
    for event in item.events:
        with st.container(horizontal=True, wrap=False, gap="small"):
            _draw_event(event, now=now)
            if on_undo and event is last and event.actor_id == actor_id and event.request_id:
                _draw_undo(event.request_id, on_undo)
    for release in item.releases:
        _draw_release(release, now=now)


def _draw_class_choice(label: str, classes: Sequence[LabelClass]) -> None:
    names = {label_class.id: label_class.name for label_class in classes}
    if len(names) <= _MOST_PILLS:
        st.pills(label, list(names), format_func=lambda class_id: plain(names.get(class_id, "?")), key=CLASS_KEY)
        return
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda class_id: names.get(class_id, "?"),
        key=CLASS_KEY,
        placeholder=_("type to find a class"),
    )


def _draw_images(item: ItemDetail, slug: str) -> None:
    """The images, each a link to itself alone; small ones are enlarged without being blurred."""
    for field in item.fields:
        if field.image is None:
            continue
        address = escape(picture_url(slug, field.image))
        about = escape(_("{field} of {item}").format(field=field.name, item=item.external_id))
        st.html(
            _(
                '<a href="{address}" target="_blank" rel="noopener"><img src="{address}" alt="{about}" '
                'style="display:block;max-width:100%;max-height:340px;min-width:min(160px,100%);border-radius:8px"></a>'
            ).format(address=address, about=about)
        )
        st.caption(plain(field.value))


def _draw_fields(fields: Sequence[ShownField]) -> None:
    long = [field for field in fields if len(field.value) > _SHORT]
    short = [field for field in fields if len(field.value) <= _SHORT]
    is_tall = sum(len(field.value) for field in long) > _TALL_TEXT or len(short) > _TALL_COUNT
    with st.container(height=300 if is_tall else "content", border=False, gap="small"):
        for field in long:
            if _draw_link(field):
                continue
            with st.container(gap=None):
                st.caption(plain(field.name))
                st.text(field.value)
        if short:
            with st.grid(2, min_column_width=120, gap="xsmall"):
                for field in short:
                    if _draw_link(field):
                        continue
                    with st.container(gap=None):
                        st.caption(plain(field.name))
                        st.markdown(f":small[{plain(field.value)}]")


def _draw_link(field: ShownField) -> bool:
    """Whether the field is a link that may be followed, drawn as one; Streamlit opens it apart, without a referrer."""
    address = safe_link(field.value) if field.role == Role.LINK else None
    if address:
        st.link_button(plain(field.name), address, icon=":material/open_in_new:", help=address)
    return address is not None


def _draw_heading(external_id: str, on_close: Callable[[], None]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(plain(external_id), anchor=False, width="stretch")
        st.button(_("Close"), key="close_item", icon=":material/close:", type="tertiary", on_click=on_close)


def _draw_answer(item: ItemDetail) -> None:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if item.label_name:
            icon = "how_to_reg" if item.answered_by == "person" else "upload_file"
            who = ANSWERED_NAMES[item.answered_by]
            st.badge(f"{who}: {plain(item.label_name)}", icon=f":material/{icon}:", color="green")
        elif item.cannot_tell:
            st.badge(_("a person: can't tell"), icon=":material/question_mark:", color="gray")
        else:
            _draw_route(item.route)


def _draw_route(route: str) -> None:
    is_machine = route == "auto_accept"
    st.badge(
        ROUTE_NAMES[route],
        icon=":material/smart_toy:" if is_machine else ":material/group:",
        color="blue" if is_machine else "orange",
    )


def _draw_prediction(item: ItemDetail, below: Callable[[], None]) -> None:
    prediction = item.prediction
    if prediction is None:
        st.caption(item.route_reason)
        return
    if item.is_blind:
        st.caption(
            _(":material/visibility_off: {route_reason} The model's answer stays hidden until then.").format(
                route_reason=item.route_reason
            )
        )
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/smart_toy: **{plain(prediction.class_name)}** · {_sure(prediction)}")
        st.caption(f"{plain(prediction.version_name)}{_describe_rest(prediction)}")
        st.caption(item.route_reason)
        below()


def _sure(prediction: ShownPrediction) -> str:
    if prediction.confidence is None:
        return _("how sure it is is not known")
    return percent(prediction.confidence)


def _describe_rest(prediction: ShownPrediction) -> str:
    parts = []
    if prediction.runner_up_name and prediction.runner_up_confidence is not None:
        parts.append(
            _("next {name} {share}").format(
                name=plain(prediction.runner_up_name), share=percent(prediction.runner_up_confidence)
            )
        )
    if prediction.by_words:
        parts.append(_("knows the class by its words alone"))
    if prediction.novelty is not None:
        parts.append(
            _("more unusual than {novelty} of what it learned from").format(novelty=percent(prediction.novelty))
        )
    return "".join(f" · {part}" for part in parts)


def _draw_undo(request_id: str, on_undo: Callable[[str], None]) -> None:
    st.button(
        _("Undo"),
        key=f"undo_{request_id}",
        icon=":material/undo:",
        type="tertiary",
        on_click=on_undo,
        args=(request_id,),
    )


def _draw_event(event: ShownEvent, *, now: datetime) -> None:
    text = plain(event.text)
    line = _("~~{decision}~~ (undone)").format(decision=text) if event.is_undone else text
    comment = f" — “{plain(event.comment)}”" if event.comment else ""
    _draw_line(f":material/person: {line}", f"{plain(event.actor_name)}, {ago(event.at, now)}{comment}")


def _draw_release(release: ShownRelease, *, now: datetime) -> None:
    ended = ""
    if release.ended_at:
        reason = _END_REASONS.get(release.end_reason or "", "")
        ended = _("ended {when}: {reason}").format(when=ago(release.ended_at, now), reason=reason)
    rule = _("{accept_score} at a threshold of {threshold}").format(
        accept_score=percent(release.accept_score), threshold=percent(release.threshold)
    )
    about = f"{plain(release.version_name)}, {rule}, {ago(release.at, now)}{f'; {ended}' if ended else ''}"
    _draw_line(
        _(":material/smart_toy: auto-accepted: {class_name}").format(class_name=plain(release.class_name)), about
    )


def _draw_line(text: str, about: str) -> None:
    with st.container(gap=None):
        st.markdown(text)
        st.caption(about)
