"""No other site may make the browser act here: the check every POST route begins with."""

from starlette.datastructures import Headers

from hitl.api.gate import is_own_origin
from hitl.domain.errors import BadInput, NotPermitted
from hitl.domain.language import _, later

_FOREIGN = later("This request came from another site's page. Open Tandem itself and try again.")


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
    if not is_own_origin(headers) or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotPermitted(_(_FOREIGN))
    content_type = headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadInput(
            _("The body must be application/json, found '{content_type}'.").format(
                content_type=content_type or _("no content type")
            )
        )


def require_own_page(headers: Headers) -> None:
    """Refuse a request that another site's page sent; the address typed by hand passes.

    Raises
    ------
    NotPermitted
        Origin or Sec-Fetch-Site shows another site.
    """
    if not is_own_origin(headers) or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotPermitted(_(_FOREIGN))
