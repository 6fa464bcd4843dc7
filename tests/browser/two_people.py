"""The real app, where a cookie says which of two people asks; a server of the browser tests."""

import runpy
from pathlib import Path

from hitl.api import gate
from tests.small_project import OTHER

APP = Path(__file__).resolve().parents[2] / "app.py"
COOKIE = {"name": "person", "value": "other"}


class TwoPeople(gate.Gate):
    """The gate, which knows the second person by a cookie."""

    async def __call__(self, scope, receive, send):
        if b"person=other" in dict(scope.get("headers", ())).get(b"cookie", b""):
            scope = {**scope, "tandem_actor": OTHER}
        await super().__call__(scope, receive, send)


if __name__ == "__main__":
    gate.Gate = TwoPeople
    runpy.run_path(str(APP), run_name="__main__")
