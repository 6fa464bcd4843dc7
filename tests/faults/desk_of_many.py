"""The review route for many people, in a process of its own: ``python desk_of_many.py PORT``.

The header X-Reviewer stands in for sign-in, which is outside; everything behind it is the real thing.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware

from hitl.api.review import routes
from hitl.domain.people import Actor, MemberRole


class SignIn:
    """ASGI middleware that believes who the caller says they are."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            number = int(Headers(scope=scope)["x-reviewer"])
            scope["tandem_actor"] = Actor(id=number, name=f"Reviewer {number}", role=MemberRole.REVIEWER)
        await self.app(scope, receive, send)


if __name__ == "__main__":
    app = Starlette(routes=routes, middleware=[Middleware(SignIn)])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
