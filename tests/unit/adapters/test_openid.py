"""hitl.adapters.openid: who somebody is counts only when the provider signed it, for us, for this attempt, and now."""

from datetime import UTC, datetime, timedelta

import pytest

from hitl.adapters import openid
from hitl.domain.errors import BadInput
from hitl.domain.single_sign_on import ProviderProblem, SingleSignOn
from hitl.domain.web_address import require_safe_address
from tests.small_provider import CLIENT, OTHER_KEY, shared_secret, small_provider

BACK = "http://localhost:8501/auth/sso/callback"


@pytest.fixture
def provider():
    openid.forget_providers()
    with small_provider() as running:
        yield running


def settings_for(provider, **changes):
    usual = {"issuer": provider.url, "client_id": CLIENT, "client_secret": "s", "name": "House"}
    return SingleSignOn(**usual | changes)


def come_back(provider, *, single=None, now=None, **told):
    """Go to the provider and come back; ``told`` changes what its ID token says."""
    single = single or settings_for(provider)
    provider.claims = told
    address, attempt = openid.begin_attempt(single, redirect_uri=BACK)
    code, _query = provider.authorize(address)
    return openid.finish_attempt(single, attempt, code=code, redirect_uri=BACK, now=now or datetime.now(UTC))


def test_the_address_carries_state_nonce_and_a_challenge_but_not_the_verifier(provider):
    address, attempt = openid.begin_attempt(settings_for(provider), redirect_uri=BACK)
    _code, query = provider.authorize(address)
    assert (query["state"], query["nonce"], query["redirect_uri"]) == (attempt.state, attempt.nonce, BACK)
    assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
    assert attempt.verifier not in address


def test_two_attempts_share_nothing(provider):
    first, second = (openid.begin_attempt(settings_for(provider), redirect_uri=BACK)[1] for _ in range(2))
    assert not {first.state, first.nonce, first.verifier} & {second.state, second.nonce, second.verifier}


def test_who_comes_back_is_who_the_provider_says(provider):
    found = come_back(provider, preferred_username="ann", groups=["desk", "night shift", 7])
    assert (found.issuer, found.subject, found.name, found.login) == (provider.url, "7", "Ann", "ann")
    assert found.group_names == ("desk", "night shift")


def test_groups_are_taken_from_the_claim_that_is_set(provider):
    single = settings_for(provider, groups_claim="roles")
    assert come_back(provider, single=single, roles="desk", groups=["other"]).group_names == ("desk",)


def test_groups_that_only_the_userinfo_tells_count_for_the_same_person_alone(provider):
    provider.userinfo = {"sub": "7", "groups": ["desk"]}
    assert come_back(provider).group_names == ("desk",)
    provider.userinfo = {"sub": "8", "groups": ["desk"]}
    assert come_back(provider).group_names is None


def test_an_address_that_nobody_verified_is_no_login(provider):
    assert come_back(provider, email="ann@desk.example").login == ""
    assert come_back(provider, email="ann@desk.example", email_verified=True).login == "ann@desk.example"


LIES = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "other-client"},
    "many audiences without us": {"aud": ["a", "b"]},
    "given to another party": {"aud": [CLIENT, "b"], "azp": "b"},
    "another nonce": {"nonce": "stolen"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "no audience": {"aud": None},
    "no end": {"exp": None},
    "no beginning": {"iat": None},
    "an access token of another sign-in": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("told", LIES.values(), ids=LIES)
def test_an_id_token_that_is_not_for_this_attempt_is_refused(provider, told):
    with pytest.raises(ProviderProblem, match="House could not confirm who you are"):
        come_back(provider, **told)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_token_of_another_time_names_the_clocks(provider, hours):
    with pytest.raises(ProviderProblem, match="the clocks of its server and of this one"):
        come_back(provider, now=datetime.now(UTC) + timedelta(hours=hours))


def test_clocks_may_differ_by_half_a_minute(provider):
    assert come_back(provider, now=datetime.now(UTC) - timedelta(seconds=30)).subject == "7"
    assert come_back(provider, now=datetime.now(UTC) + timedelta(seconds=330)).subject == "7"


def test_a_token_signed_by_somebody_else_is_refused(provider):
    provider.signing_key = OTHER_KEY
    with pytest.raises(ProviderProblem):
        come_back(provider)


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_without_an_asymmetric_signature_is_refused_even_if_the_provider_offers_it(provider, alg):
    provider.described = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    provider.alg, provider.signing_key = alg, shared_secret()
    with pytest.raises(ProviderProblem):
        come_back(provider)


def test_new_keys_of_the_provider_are_asked_for_once(provider):
    come_back(provider)
    provider.key = provider.signing_key = OTHER_KEY
    assert come_back(provider).subject == "7"
    assert provider.asked.count("/keys") == 2


def test_a_code_does_not_work_with_another_attempts_verifier(provider):
    single = settings_for(provider)
    address, _attempt = openid.begin_attempt(single, redirect_uri=BACK)
    _address, other = openid.begin_attempt(single, redirect_uri=BACK)
    code, _query = provider.authorize(address)
    with pytest.raises(ProviderProblem, match="code_not_taken"):
        openid.finish_attempt(single, other, code=code, redirect_uri=BACK, now=datetime.now(UTC))


DESCRIPTIONS = {
    "another issuer": {"issuer": "https://evil.example"},
    "keys without https": {"jwks_uri": "http://evil.example/keys"},
    "tokens without https": {"token_endpoint": "http://evil.example/token"},
    "no place to sign in": {"authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("described", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_provider_that_describes_itself_oddly_is_not_used(provider, described):
    provider.described = described
    with pytest.raises(ProviderProblem):
        openid.begin_attempt(settings_for(provider), redirect_uri=BACK)


def test_a_provider_that_is_not_there_is_named(provider):
    single = settings_for(provider, issuer="http://127.0.0.1:9")
    with pytest.raises(ProviderProblem, match="House could not confirm"):
        openid.begin_attempt(single, redirect_uri=BACK)


def test_it_is_described_once_an_hour(provider):
    come_back(provider)
    come_back(provider)
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_the_secret_is_in_no_representation(provider):
    assert "hush" not in repr(settings_for(provider, client_secret="hush"))
    _address, attempt = openid.begin_attempt(settings_for(provider), redirect_uri=BACK)
    assert attempt.verifier not in repr(attempt)


def test_an_issuer_without_https_is_only_taken_on_this_machine():
    for address in ("http://id.example.org", "id.example.org", "https://", "https://a:b@id.example.org", "https://["):
        with pytest.raises(BadInput, match="X must be an address that begins with https"):
            require_safe_address("X", address)
