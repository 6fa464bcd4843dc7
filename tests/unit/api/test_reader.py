"""An answer of our own routes is in the language and on the clock that the browser names."""

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from hitl.api.reader import SpeakToReader, read_headers
from hitl.domain.reader import Reader, current_reader


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de_DE"),
        ("en;q=0.5, pt-BR", "pt_BR"),
        ("", "en"),
        ("*", "en"),
        ("de;q=much, fr;q=0.1", "fr"),
        (",,;q=1", "en"),
        ("../../etc;q=1", "en"),
    ],
)
def test_the_language_wanted_most_is_spoken(accepted, language):
    assert read_headers(Headers({"accept-language": accepted})).language == language


def test_a_request_is_answered_for_its_reader_and_the_next_one_for_its_own():
    def answer(_request):
        return JSONResponse([current_reader().language, current_reader().zone])

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(SpeakToReader)])
    client = TestClient(app)
    headers = {"accept-language": "hi-IN", "time-zone": "Asia/Kolkata"}
    assert client.get("/", headers=headers).json() == ["hi_IN", "Asia/Kolkata"]
    assert client.get("/", headers={"accept-language": ""}).json() == ["en", "UTC"]
    assert current_reader() == Reader()
