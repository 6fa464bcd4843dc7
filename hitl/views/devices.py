"""A browser in a person's words, from what it calls itself; for the list of one's sessions."""

import re

from hitl.domain.language import _

_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(A|iOS)?/")),
    ("Opera", re.compile(r"\bOPR/|\bOpera\b")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(HeadlessChrome|Chrome|CriOS|Chromium)/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("Mac", re.compile(r"\bMacintosh\b|\bMac OS X\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)
"""Both from the rarest name to the one that many claim: a Chrome also says Safari, an Android also says Linux."""


def device_text(agent: str) -> str:
    """The browser and what it runs on.

    >>> device_text("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> device_text("curl/8.5.0")
    'Unknown browser'
    """
    browser, device = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and device:
        return _("{browser} on {device}").format(browser=browser, device=device)
    return browser or device or _("Unknown browser")


def is_hand_held(agent: str) -> bool:
    """Whether it is a phone or a tablet.

    >>> is_hand_held("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1")
    True
    """
    return _first(_SYSTEMS, agent) in {"iPhone", "iPad", "Android"}


def _first(named: tuple[tuple[str, re.Pattern[str]], ...], agent: str) -> str | None:
    return next((name for name, pattern in named if pattern.search(agent)), None)
