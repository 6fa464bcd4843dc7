"""hitl.api.layers: what is no request passes all of them as it is."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hitl.api.layers import build_layers


@pytest.fixture
def front_end(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<script>a = 1</script>")
    return page


def test_the_servers_own_beginning_and_end_reach_it(front_end):
    told = []

    def lifespan(_app):
        class Told:
            async def __aenter__(self):
                told.append("begin")

            async def __aexit__(self, *_error):
                told.append("end")

        return Told()

    with TestClient(Starlette(middleware=build_layers(front_end, []), lifespan=lifespan)):
        assert told == ["begin"]
    assert told == ["begin", "end"]


def test_a_message_of_another_kind_passes(front_end):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)

    for layer in reversed(build_layers(front_end, [])):
        app = layer.cls(app, *layer.args, **layer.kwargs)
    anyio.run(app, {"type": "other"}, None, None)
    assert seen == [{"type": "other"}]
