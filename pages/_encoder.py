"""What texts mean: turned on and off by leads and owners, read by what they choose and when they ask for it."""

from functools import partial

from hitl.domain.fields import Role
from hitl.domain.language import _
from hitl.loop.encode import choose_encoder, set_encoder
from hitl.ui.encoder_panel import draw_encoder
from hitl.views.encoding import read_encoder
from pages._jobs import follow, submit
from pages._session import PageContext, acting, notify


def draw_reading(page: PageContext) -> None:
    """Draw how far the texts of the project are read; nothing where it has no text."""
    if not any(field.role is Role.TEXT for field in page.project.fields):
        return
    view = read_encoder(page.db, page.folder)
    job = follow(page, page.slug, "encode")
    draw_encoder(
        view,
        slug=page.slug,
        is_busy=job is not None and job.is_live,
        on_switch=partial(switch, not view.is_on),
        on_choose=choose,
        on_start=partial(start, view.waiting_count),
    )


def switch(is_on: bool) -> None:  # noqa: FBT001  a callback
    """A callback: models may learn from what texts mean from now on, or not any more."""
    with acting() as page:
        set_encoder(page.db, is_on=is_on, actor=page.actor, now=page.now)
        notify(_("Saved."))


def choose(name: str) -> None:
    """A callback: the texts are read by another encoder from now on."""
    with acting() as page:
        choose_encoder(page.db, name=name, actor=page.actor, now=page.now)
        notify(_("Saved."))


def start(waiting_count: int) -> None:
    """A callback: the texts are read now."""
    with acting() as page:
        submit(page, page.slug, "encode", {}, request=f"encode.{waiting_count}.{page.now}")
