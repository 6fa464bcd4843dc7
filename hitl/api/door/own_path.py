"""Where a visitor goes after signing in: a path of this Tandem, and nowhere else."""

from urllib.parse import quote, unquote, urlsplit

from hitl.domain.web_path import web_path

LONGEST_PATH = 2_000


def own_path(asked: str) -> str:
    """The path asked for when it is one of our pages, else our front page.

    Only a path counts that begins with our own base and a single slash. Whatever a browser could take for the address
    of another host (a second slash, a backslash, a control character, a scheme), or that climbs out with ``..``, leads
    to the front page.

    Examples
    --------
    >>> own_path("/review?project=small"), own_path("//evil.example"), own_path("https://evil.example/"), own_path("")
    ('/review?project=small', '/', '/', '/')
    """
    front = web_path("/")
    if not asked.startswith(front) or len(asked) > LONGEST_PATH or not asked.isascii() or not asked.isprintable():
        return front
    try:
        parts = urlsplit(asked)
    except ValueError:
        return front
    is_plain = not parts.scheme and not parts.netloc and "\\" not in asked and not asked.startswith("//")
    climbs = ".." in unquote(parts.path).split("/")
    is_page = not climbs and not parts.path.startswith((web_path("/auth/"), web_path("/api/"), web_path("/_stcore")))
    return asked if is_plain and is_page else front


def with_next(path: str, asked: str) -> str:
    """Our path with the page to go to afterwards; without it where that is the front page anyway.

    >>> with_next("/auth/sign-in", "/review?project=small"), with_next("/auth/sign-in", "/")
    ('/auth/sign-in?next=/review%3Fproject%3Dsmall', '/auth/sign-in')
    """
    target = own_path(asked)
    return path if target == web_path("/") else f"{path}?next={quote(target)}"
