"""No other site may make the browser act here: the check every POST route begins with."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from hitl.domain.errors import BadInput, NotPermitted
from hitl.domain.language import _, later

_FOREIGN = later("This request came from another site's page. Open Tandem itself and try again.")


def is_own_origin(headers: Headers) -> bool:
    """Whether Origin is absent or names the very host and port that was asked."""
    origins = headers.getlist("origin")
    try:
        return all(urlsplit(origin).netloc.lower() == headers.get("host", "").lower() for origin in origins)
    except ValueError:  # "http://[" and the like
        return False


def require_same_origin(headers: Headers) -> None:
    """Refuse a request that another site's page sent, or that is not JSON (the form a plain form can't send).

    A program without a browser sends neither Origin nor Sec-Fetch-Site and passes.

    Raises
    ------
    NotPermitted
        Origin or Sec-Fetch-Site shows another site.
    BadInput
        The content type is not ``application/json``.
    """
    require_own_form(headers)
    content_type = headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadInput(
            _("The body must be application/json, found '{content_type}'.").format(
                content_type=content_type or _("no content type")
            )
        )


def require_own_form(headers: Headers) -> None:
    """Refuse what another site's page sent; a program without a browser sends neither header and passes.

    Raises
    ------
    NotPermitted
        Origin or Sec-Fetch-Site shows another site.
    """
    if not is_own_origin(headers) or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotPermitted(_(_FOREIGN))


def require_own_page(headers: Headers) -> None:
    """Refuse a request that another site's page sent; the address typed by hand passes.

    Raises
    ------
    NotPermitted
        Origin or Sec-Fetch-Site shows another site.
    """
    if not is_own_origin(headers) or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotPermitted(_(_FOREIGN))
