"""The route that shows images of items.

    GET /api/v1/image/{slug}/{sha256}              the image
    GET /api/v1/image/{slug}/{sha256}?size=small   its thumbnail, or the image where it is small itself

200 carries the image. No browser keeps it: whoever comes next to a shared computer finds nothing, and an image that was
redacted is gone. Everything else is ``{"error": one sentence}``: 403 not allowed or asked for by another site's page,
404 no such project or no visible item shows it, 503 its database can't be used now. Nothing of the address but a
checked hash ever reaches the file system.
"""

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hitl.api.same_origin import require_own_page
from hitl.api.visitor import acting_in
from hitl.domain.errors import HitlError, NotFound, NotPermitted, StoreUnusable
from hitl.settings import read_settings
from hitl.views.pictures import Picture, read_picture

_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_HEADERS = {
    "cache-control": "no-store",
    "content-disposition": "inline",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_STATUSES: dict[type[HitlError], int] = {NotPermitted: 403, NotFound: 404, StoreUnusable: 503}


async def show_image(request: Request) -> Response:
    """An image of a visible item."""
    try:
        require_own_page(request.headers)
        slug, sha256 = request.path_params["slug"], request.path_params["sha256"]
        small = request.query_params.get("size") == "small"

        def read() -> Picture:
            data_dir = read_settings().data_dir
            actor = acting_in(request.scope, data_dir, slug)
            return read_picture(data_dir, slug, sha256, small=small, actor=actor)

        picture = await anyio.to_thread.run_sync(read)
    except HitlError as error:
        status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 404)
        return JSONResponse({"error": str(error)}, status_code=status, headers={"cache-control": "no-store"})
    return Response(picture.data, media_type=_MEDIA_TYPES[picture.kind], headers=_HEADERS)


routes: list[BaseRoute] = [Route("/api/v1/image/{slug}/{sha256}", show_image, methods=["GET"])]
