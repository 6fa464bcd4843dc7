"""The card about what texts mean: how far they are read, by what, a switch, and a button that has them read now."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _
from hitl.views.encoding import EncoderChoice, EncodingView
from hitl.views.wording import plain


def draw_encoder(
    view: EncodingView,
    *,
    slug: str,
    is_busy: bool,
    on_switch: Callable[[], None],
    on_choose: Callable[[str], None],
    on_start: Callable[[], None],
) -> None:
    """Draw how a project stands with its encoder, and what can be changed about it."""
    with st.container(border=True):
        st.subheader(_("What texts mean"), anchor=False)
        st.toggle(
            _("Models may learn from what texts mean, besides their words"),
            value=view.is_on,
            key=f"encoder_{slug}_{view.is_on}",
            on_change=on_switch,
            help=_("Helps most while labels are few. Cross-validation decides whether a model uses it."),
        )
        st.markdown(view.sentence)
        _draw_start(view, is_busy=is_busy, on_start=on_start)
        _draw_choice(view, slug=slug, on_choose=on_choose)
        st.caption(_("They are read on this machine; no text leaves it."))


def _draw_start(view: EncodingView, *, is_busy: bool, on_start: Callable[[], None]) -> None:
    if view.waits_for_somebody and not is_busy:
        st.info(
            _("So many texts are read only when somebody asks for it; everything else goes on meanwhile."),
            icon=":material/hourglass_empty:",
        )
    if view.is_on and not view.is_ready:
        st.button(
            _("Read the texts now"),
            key="encode_now",
            icon=":material/translate:",
            disabled=is_busy or bool(view.chosen.lacking),
            on_click=on_start,
        )


def _draw_choice(view: EncodingView, *, slug: str, on_choose: Callable[[str], None]) -> None:
    titles, key = {one.name: one.title for one in view.choices}, f"encoder_name_{slug}_{view.chosen.name}"

    def choose() -> None:
        name = st.session_state[key]
        st.session_state[key] = view.chosen.name  # where it is refused, what is in force is shown
        on_choose(name)

    st.selectbox(
        _("Encoder, which reads the texts"),
        list(titles),
        index=list(titles).index(view.chosen.name),
        format_func=titles.__getitem__,
        key=key,
        on_change=choose,
        disabled=not view.is_on,
        help=_("Another one reads all texts anew. Models stay as they are; the next training learns by the new one."),
    )
    if view.chosen.lacking:
        st.warning(plain(view.chosen.lacking), icon=":material/extension_off:")
    for one in view.choices:
        _draw_what_it_is(one, is_chosen=one == view.chosen)


def _draw_what_it_is(choice: EncoderChoice, *, is_chosen: bool) -> None:
    """What it is, and for one to be chosen what it lacks; a command in running text would break behind a hyphen."""
    if is_chosen or not choice.command:
        st.caption(plain(choice.facts if is_chosen else choice.sentence))
        return
    st.caption(plain(choice.sentence.replace(choice.command, "")))
    st.code(choice.command, language=None, wrap_lines=True)
