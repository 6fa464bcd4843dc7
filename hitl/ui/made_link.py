"""A one-time link that was just made, to be copied: it is shown here and nowhere again."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from hitl.domain.accounts import LINK_LIFE, LinkKind
from hitl.domain.language import _, ngettext
from hitl.views.formatting import moment_text
from hitl.views.wording import plain

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class LinkToCopy:
    """The link's address, whom it is for and until when it works.

    ``works_elsewhere`` is False where its host is a name of this very machine.
    """

    name: str
    kind: LinkKind
    address: str
    expires_at: str
    works_elsewhere: bool


def draw_made_link(link: LinkToCopy, *, on_done: Callable[[], None]) -> None:
    """Draw the link with a button that copies it, and what to do with it."""
    titles = {
        LinkKind.INVITE: _("Copy this link and send it to {name} yourself"),
        LinkKind.RESET: _("Copy this link and send it to {name}: it sets a new password"),
    }
    with st.container(border=True, key="made_link"):
        st.markdown(f"**{titles[link.kind].format(name=plain(link.name))}**")
        st.code(link.address, language=None, wrap_lines=True)
        st.markdown(
            _(
                "It works once, for {days} (until {moment}), and is shown only now. Tandem sends no mail: use the "
                "chat or mail you trust. Whoever opens it first chooses the password."
            ).format(days=_days(link.kind), moment=moment_text(link.expires_at))
        )
        if not link.works_elsewhere:
            st.warning(
                _(
                    "This link works on this machine only. For people at other machines, whoever looks after the "
                    "server sets TANDEM_ADDRESS to the address that they type."
                ),
                icon=":material/lan:",
            )
        st.button(_("Done"), key="made_link_done", icon=":material/check:", on_click=on_done)


def _days(kind: LinkKind) -> str:
    days = round(LINK_LIFE[kind].total_seconds() / _DAY_SECONDS)
    return ngettext("{count} day", "{count} days", days).format(count=days)
