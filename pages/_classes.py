"""The classes of a project on the Settings page: the table, one class at length, and their callbacks."""

from collections.abc import Sequence

import streamlit as st

from hitl.domain.language import _
from hitl.domain.records import LabelClass
from hitl.loop.projects import ClassDraft, move_class, save_classes, set_guideline
from hitl.ui.class_editor import (
    draw_class_editor,
    draw_class_history,
    draw_class_save,
    draw_lacking_words,
    draw_one_class,
)
from hitl.views.class_history import read_class_history, read_shown_classes
from hitl.views.class_words import lacking_words_text
from pages._routing import route_rest
from pages._session import PageContext, acting, notify


def draw_classes(page: PageContext) -> None:
    """Draw all classes to edit, and one of them with its guideline and history."""
    present = read_shown_classes(page.db)
    drafts = draw_class_editor(present, key=f"classes_{page.slug}_{hash(present)}")
    draw_lacking_words(lacking_words_text(page.db))
    draw_class_save(drafts, present, on_save=keep)
    with st.container(border=True):
        chosen = draw_one_class(present, on_move=move, on_guideline=keep_guideline)
        if chosen is not None:
            draw_class_history(read_class_history(page.db, chosen.id, people=page.people), now=page.now)


def keep(drafts: Sequence[ClassDraft]) -> None:
    """A callback: what stands in the table are the classes."""
    with acting() as page:
        save_classes(page.db, classes=drafts, actor=page.actor, now=page.now)
        route_rest(page)
        notify(_("Classes saved."))


def move(key: str, step: int) -> None:
    """A callback: a class goes up or down in the order."""
    with acting() as page:
        move_class(page.db, key=key, step=step, actor=page.actor, now=page.now)


def keep_guideline(chosen: LabelClass, text: str) -> None:
    """A callback: a class has another guideline."""
    with acting() as page:
        set_guideline(page.db, key=chosen.key, guideline=text, actor=page.actor, now=page.now)
        notify(_("Guideline saved."))
