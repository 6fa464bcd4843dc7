"""Single sign-on: the provider that is asked who somebody is, and what it says about them."""

from dataclasses import dataclass, field
from datetime import timedelta

from hitl.domain.errors import HitlError

ATTEMPT_LASTS = timedelta(minutes=10)


class ProviderProblem(HitlError):
    """The provider can't be reached, or what it says can't be trusted; the message says what to do."""


@dataclass(frozen=True)
class SingleSignOn:
    """An OpenID Connect provider and what Tandem takes from it.

    Attributes
    ----------
    issuer : str
        The provider's address, exactly as it calls itself.
    client_id, client_secret : str
        What Tandem is called there; the secret is empty for a client that has none.
    name : str
        What people know the provider as; it stands on the button.
    groups_claim : str
        The claim that lists the groups a person is in.
    creates_people : bool
        Whether somebody unknown gets an account, or is refused.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = "single sign-on"
    groups_claim: str = "groups"
    creates_people: bool = True


@dataclass(frozen=True)
class SsoAttempt:
    """What is remembered of a sign-in between leaving for the provider and coming back; ``asked``: where to go then."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    asked: str = ""
