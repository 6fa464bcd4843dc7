"""A small OpenID Connect provider in a thread that can be told to lie, which a real one never does."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT = "tandem"
HONEST_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


class SmallProvider:
    """Signs for whoever asks; tests change ``claims``, ``described``, ``signing_key`` or ``alg`` to make it lie."""

    def __init__(self):
        self.key = self.signing_key = HONEST_KEY
        self.alg = "RS256"
        self.claims = {}
        self.described = {}
        self.userinfo = {}
        self.challenges = {}
        self.nonces = {}
        self.asked = []
        self.url = ""

    def describe(self):
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        places = {name: f"{self.url}/{path}" for name, path in names.items()}
        told = {"issuer": self.url, **places, "userinfo_endpoint": f"{self.url}/userinfo"}
        return {**told, "id_token_signing_alg_values_supported": ["RS256"], **self.described}

    def authorize(self, address):
        """What a browser would do: go to the address, agree, and come back with a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = query["code_challenge"]
        self.nonces[code] = query["nonce"]
        return code, query

    def give_token(self, form):
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if self.challenges.get(form.get("code")) != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        honest = {"iss": self.url, "sub": "7", "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = {**honest, "nonce": self.nonces[form["code"]], "name": "Ann", **self.claims}
        told = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.alg, "kid": "one"}
        registry = JWSRegistry(algorithms=["RS256", "HS256", "none"])
        id_token = jwt.encode(header, told, self.signing_key, registry=registry)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": id_token}


@contextmanager
def small_provider():
    """A provider that listens on a free port of this machine while the block lasts."""
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            provider.asked.append(self.path)
            answers = {
                "/.well-known/openid-configuration": provider.describe(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
                "/userinfo": provider.userinfo,
            }
            self.answer(200 if self.path in answers else 404, answers.get(self.path, {}))

        def do_POST(self):
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            self.answer(*provider.give_token({name: values[0] for name, values in parse_qs(text).items()}))

        def answer(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_parts):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def shared_secret():
    """The public key's text as a symmetric key: what an attacker would sign with where HS256 is taken."""
    return OctKey.import_key(b"0123456789abcdef0123456789abcdef")
