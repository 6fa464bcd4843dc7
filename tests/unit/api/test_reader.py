"""An answer of our own routes is in the language and on the clock that the browser names."""

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from hitl.api.reader import SpeakToPerson, SpeakToReader, read_headers
from hitl.api.visitor import SESSION_KEY
from hitl.domain.accounts import Session, SignInHow
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


class LetIn:
    """Stands for the gate: whoever asks has this session."""

    def __init__(self, app, session):
        self.app, self.session = app, session

    async def __call__(self, scope, receive, send):
        await self.app({**scope, SESSION_KEY: self.session}, receive, send)


@pytest.mark.parametrize(
    ("language", "zone", "spoken"),
    [("pt_BR", "Asia/Kolkata", ["pt_BR", "Asia/Kolkata"]), (None, None, ["hi_IN", "Europe/Oslo"])],
)
def test_what_a_person_chose_goes_before_what_the_browser_says(language, zone, spoken):
    def answer(_request):
        return JSONResponse([current_reader().language, current_reader().zone])

    session = Session(1, 7, SignInHow.PASSWORD, "", "", "", "", language, zone)
    layers = [Middleware(SpeakToReader), Middleware(LetIn, session=session), Middleware(SpeakToPerson)]
    client = TestClient(Starlette(routes=[Route("/", answer)], middleware=layers))
    headers = {"accept-language": "hi-IN", "time-zone": "Europe/Oslo"}
    assert client.get("/", headers=headers).json() == spoken
