"""Who is in the project and on the site, as what, and the links that let people in."""

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.domain.web_path import web_path
from hitl.ui.door_link import draw_door_button
from hitl.ui.heading import draw_heading
from pages._made_link import draw_link
from pages._members import draw_project
from pages._ownerless import draw_without_owner
from pages._people_groups import draw_groups
from pages._session import open_desk
from pages._site_people import draw_everybody


def main() -> None:
    desk = open_desk()
    draw_heading(_("People"))
    if desk.session is None:
        draw_first_use()
        return
    draw_link()
    parts = [(_("In this project"), draw_project)] if desk.slug is not None else []
    if may(desk.actor, Permission.MANAGE_PEOPLE):
        draw_without_owner(desk)
        parts += [(_("Everybody"), draw_everybody), (_("Groups"), draw_groups)]
    for tab, (_title, draw) in zip(st.tabs([title for title, _draw in parts]), parts, strict=True):
        with tab:
            draw(desk)


def draw_first_use() -> None:
    """For the local owner: while nobody has an account nobody can be added."""
    with st.container(border=True):
        st.subheader(_("Only you are here"), anchor=False)
        st.write(_("Add people: first give yourself a name and a password. It takes a minute:"))
        st.markdown(
            "\n".join(
                [
                    "1. " + _("You become the administrator, and the owner of every project that is here."),
                    "2. " + _("What was decided on this machine so far is yours."),
                    "3. " + _("From then on everybody signs in, on this machine too, and you invite others by a link."),
                ]
            )
        )
        draw_door_button(_("Give yourself an account"), web_path("/auth/set-up"))


main()
