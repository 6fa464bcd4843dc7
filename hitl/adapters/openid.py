"""OpenID Connect: discovery, the address to send somebody to, and who they are when they come back.

Authorization code with PKCE (RFC 7636, S256), state and nonce; the ID token's signature, issuer, audience and times are
verified by Authlib (OpenID Connect Core 1.0, 3.1.3.7). Only asymmetric signatures count. What the provider answers is
asked for over https, except from a provider on this machine.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from hitl.domain.accounts import Identity
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.logs import tell
from hitl.domain.single_sign_on import ProviderProblem, SingleSignOn, SsoAttempt
from hitl.domain.web_address import require_safe_address

SCOPE = "openid profile email"
SKEW_SECONDS = 60
TIMEOUT_SECONDS = 10
KEPT_SECONDS = 3600
MOST_GROUPS = 200
LONGEST_NAME = 80
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_USUAL_ALGORITHM = "RS256"
_LOGGER = logging.getLogger("tandem.sign_in")


@dataclass(frozen=True)
class Provider:
    """What a provider says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    algorithms: tuple[str, ...]
    takes_basic: bool


_KNOWN: dict[str, tuple[float, Provider]] = {}
_KEYS: dict[str, Any] = {}
_GUARD = threading.Lock()


def begin_attempt(single: SingleSignOn, *, redirect_uri: str) -> tuple[str, SsoAttempt]:
    """The provider's address to go to, and what to remember until somebody comes back from there.

    Raises
    ------
    ProviderProblem
        The provider can't be reached or does not describe itself as it must.
    """
    provider = discover(single)
    attempt = SsoAttempt(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48)
    )
    with _client(single, provider, redirect_uri) as client:
        address, _state = client.create_authorization_url(
            provider.authorization_endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
    return str(address), attempt


def finish_attempt(
    single: SingleSignOn, attempt: SsoAttempt, *, code: str, redirect_uri: str, now: datetime
) -> Identity:
    """Who came back with that code.

    Raises
    ------
    ProviderProblem
        The code is not taken, or the ID token can't be trusted.
    """
    provider = discover(single)
    with _client(single, provider, redirect_uri) as client:
        token = _fetch(
            single,
            "code_not_taken",
            lambda: client.fetch_token(
                provider.token_endpoint,
                code=code,
                grant_type="authorization_code",
                code_verifier=attempt.verifier,
                allow_redirects=False,
                timeout=TIMEOUT_SECONDS,
            ),
        )
        claims = _verify(single, provider, token, attempt.nonce, now)
        if single.groups_claim not in claims and provider.userinfo_endpoint:
            claims = {**_read_userinfo(single, provider, client, claims), **claims}
    return _read_identity(single, claims)


def discover(single: SingleSignOn) -> Provider:
    """What the provider says about itself, asked for once an hour.

    Raises
    ------
    ProviderProblem
        It can't be reached, calls itself otherwise, or names an address without https.
    """
    known = _KNOWN.get(single.issuer)
    if known and time.monotonic() - known[0] < KEPT_SECONDS:
        return known[1]
    address = f"{single.issuer.rstrip('/')}/.well-known/openid-configuration"
    provider = _read_provider(single, _get_json(single, address))
    with _GUARD:
        _KNOWN[single.issuer] = (time.monotonic(), provider)
        _KEYS.pop(single.issuer, None)
    return provider


def forget_providers() -> None:
    """Ask every provider anew at the next use."""
    with _GUARD:
        _KNOWN.clear()
        _KEYS.clear()


def _client(single: SingleSignOn, provider: Provider, redirect_uri: str) -> Any:
    if not single.client_secret:
        method = "none"
    else:
        method = "client_secret_basic" if provider.takes_basic else "client_secret_post"
    return OAuth2Session(
        single.client_id,
        single.client_secret or None,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
    )


def _read_provider(single: SingleSignOn, told: Mapping[str, Any]) -> Provider:
    if str(told.get("issuer", "")).rstrip("/") != single.issuer.rstrip("/"):
        raise _problem(single, "issuer_differs")
    named = told.get("id_token_signing_alg_values_supported") or [_USUAL_ALGORITHM]
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    try:
        return Provider(
            issuer=str(told["issuer"]),
            authorization_endpoint=require_safe_address("authorization_endpoint", str(told["authorization_endpoint"])),
            token_endpoint=require_safe_address("token_endpoint", str(told["token_endpoint"])),
            jwks_uri=require_safe_address("jwks_uri", str(told["jwks_uri"])),
            userinfo_endpoint=_optional_address(told.get("userinfo_endpoint")),
            algorithms=tuple(name for name in _ALGORITHMS if name in named),
            takes_basic="client_secret_basic" in methods,
        )
    except (KeyError, BadInput) as error:
        raise _problem(single, "description_unusable") from error


def _optional_address(told: object) -> str:
    return require_safe_address("userinfo_endpoint", str(told)) if told else ""


def _verify(
    single: SingleSignOn, provider: Provider, token: Mapping[str, Any], nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of the ID token: signed by the provider, for us, for this attempt, and now."""
    try:
        decoded = _decode(single, provider, str(token["id_token"]))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": single.client_id},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": single.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=SKEW_SECONDS)
    except ExpiredTokenError as error:
        raise _times_differ(single) from error
    except InvalidClaimError as error:
        if error.claim in {"iat", "nbf", "exp"}:
            raise _times_differ(single) from error
        raise _problem(single, f"claim_{error.claim}") from error
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise _problem(single, type(error).__name__) from error
    return dict(claims)


def _decode(single: SingleSignOn, provider: Provider, id_token: str) -> jwt.Token:
    """The token with its signature verified; keys that do not fit are asked for anew once: providers change them."""
    registry = JWSRegistry(algorithms=list(provider.algorithms), strict_check_header=False)
    keys = _KEYS.get(single.issuer)
    if keys is not None:
        try:
            return jwt.decode(id_token, KeySet.import_key_set(keys), registry=registry)
        except (JoseError, ValueError):
            pass
    keys = _get_json(single, provider.jwks_uri)
    with _GUARD:
        _KEYS[single.issuer] = keys
    return jwt.decode(id_token, KeySet.import_key_set(keys), registry=registry)


def _read_userinfo(single: SingleSignOn, provider: Provider, client: Any, claims: Mapping[str, Any]) -> dict[str, Any]:
    """What else the provider tells about the same person; nothing when it tells about another."""
    answer = _fetch(
        single,
        "userinfo_not_given",
        lambda: client.get(provider.userinfo_endpoint, allow_redirects=False, timeout=TIMEOUT_SECONDS),
    )
    try:
        told = answer.json() if answer.status_code == requests.codes.ok else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("sub") == claims["sub"] else {}


def _read_identity(single: SingleSignOn, claims: Mapping[str, Any]) -> Identity:
    email = _text(claims.get("email")) if claims.get("email_verified") is True else ""
    login = _text(claims.get("preferred_username")) or email
    listed = claims.get(single.groups_claim)
    groups = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else None
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        name=_text(claims.get("name")) or login or str(claims["sub"])[:LONGEST_NAME],
        login=login,
        group_names=None if groups is None else tuple(name for one in groups[:MOST_GROUPS] if (name := _text(one))),
    )


def _text(told: object) -> str:
    """A name as told, one line of it that can be shown."""
    if not isinstance(told, str):
        return ""
    return "".join(character for character in " ".join(told.split()) if character.isprintable())[:LONGEST_NAME]


def _get_json(single: SingleSignOn, address: str) -> Any:
    def get() -> Any:
        answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"status {answer.status_code}")
        return answer.json()

    told = _fetch(single, "not_reached", get)
    if not isinstance(told, dict):
        raise _problem(single, "not_reached")
    return told


def _fetch(single: SingleSignOn, reason: str, ask: Callable[[], Any]) -> Any:
    """What the provider answers; whatever goes wrong on the way is one problem, its kind in the log."""
    try:
        return ask()
    except Exception as error:  # the edge to another server: libraries raise of their own families here
        raise _problem(single, reason, error) from error


def _problem(single: SingleSignOn, reason: str, error: Exception | None = None) -> ProviderProblem:
    tell(_LOGGER, "single_sign_on_failed", level=logging.WARNING, reason=reason, error=error)
    return ProviderProblem(
        _(
            "{name} could not confirm who you are ({reason}). Try again; if it happens again, tell whoever looks after "
            "this Tandem: its log says the same word."
        ).format(name=single.name, reason=reason)
    )


def _times_differ(single: SingleSignOn) -> ProviderProblem:
    tell(_LOGGER, "single_sign_on_failed", level=logging.WARNING, reason="times_differ")
    return ProviderProblem(
        _(
            "{name} confirmed you for another time than now: the clocks of its server and of this one differ by more "
            "than {seconds} seconds. Tell whoever looks after this Tandem to set them by a time server."
        ).format(name=single.name, seconds=SKEW_SECONDS)
    )
