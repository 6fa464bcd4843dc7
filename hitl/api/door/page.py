"""A page of the door: what it says and asks for, and the HTML it becomes; every text is escaped."""

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from hitl.domain.language import current_language
from hitl.domain.web_path import web_path

_FOLDER = Path(__file__).resolve().parent
_STYLE = (_FOLDER / "page.css").read_text("utf-8")
_FONT = (
    "@font-face {{ font-family: Inter; src: url({base}/app/static/inter-latin-wght-normal.woff2) format('woff2'); "
    "font-weight: 100 900; }}\n"
)
_PAGES = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, auto_reload=False
)


@dataclass(frozen=True)
class Field:
    """One thing to be typed, or shown as it is; ``autocomplete`` tells a password keeper what it is.

    ``error`` stands below the field that it is about.
    """

    name: str
    label: str
    autocomplete: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    shortest: int = 0
    longest: int = 200
    is_fixed: bool = False
    error: str = ""


@dataclass(frozen=True)
class Form:
    """What is typed and where it is sent."""

    action: str
    button: str
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()

    @property
    def first_to_type(self) -> str:
        """The field that the cursor stands in: the first one that is empty."""
        return next((field.name for field in self.fields if not field.value and not field.is_fixed), "")


@dataclass(frozen=True)
class Link:
    """A way on."""

    address: str
    text: str


@dataclass(frozen=True)
class Section:
    """A heading with a paragraph, and a command to copy."""

    title: str
    text: str
    code: str = ""


@dataclass(frozen=True)
class DoorPage:
    """One page; ``loads_files`` is False where nothing else of this server may be asked for."""

    title: str
    texts: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    error: str = ""
    form: Form | None = None
    divider: str = ""
    buttons: tuple[Link, ...] = ()
    foot: str = ""
    loads_files: bool = True


def answer_page(page: DoorPage, status: int = 200) -> HTMLResponse:
    """The page in the reader's language, never kept by a browser, under a policy that allows no script at all."""
    style = _style(web_path("")) if page.loads_files else _STYLE
    html = _PAGES.get_template("page.html").render(
        page=page, style=_Plain(style), base=web_path(""), language=current_language().replace("_", "-")
    )
    headers = {"cache-control": "no-store", "content-security-policy": _build_policy(style)}
    return HTMLResponse(html, status_code=status, headers=headers)


class _Plain(str):
    """A text of ours that stands in the page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@lru_cache(maxsize=4)
def _style(base: str) -> str:
    return _FONT.format(base=base) + _STYLE


@lru_cache(maxsize=4)
def _build_policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
