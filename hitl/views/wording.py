"""How numbers, times and states read on every screen."""

from datetime import datetime

from hitl.domain.fields import Role
from hitl.domain.images import ImageRef
from hitl.domain.language import Words, _, later, ngettext
from hitl.domain.records import Route
from hitl.views.formatting import ago_text, number, percent_number, range_text
from hitl.views.measures import Rate

ROUTE_NAMES: Words[str] = Words(
    {
        Route.AUTO_ACCEPT: later("auto-accepted"),
        Route.LOW_CONFIDENCE: later("low confidence"),
        Route.NOVEL: later("unusual"),
        Route.AUDIT: later("blind check"),
        Route.COLD_START: later("no model yet"),
        Route.SECOND_LOOK: later("sent back"),
    }
)

LABELLED = later("already labelled")

SOURCE_NAMES: Words[str] = Words(
    {
        "drawn_test": later("blind test"),
        "imported_test": later("imported test labels"),
        "cross_validation": later("rough estimate"),
    }
)

STRATEGY_NAMES: Words[str] = Words(
    {
        "default": later("What teaches the model most (recommended)"),
        "diverse_margin": later("Closest calls that differ from each other"),
        "typical": later("Typical items first: one of each kind"),
        "margin": later("Closest calls first: where two answers are almost equally likely"),
        "entropy": later("Most undecided first: where many answers are possible"),
        "least_confident": later("Least sure first"),
        "novel": later("Most unusual first: unlike what the model learned from"),
        "random": later("In random order"),
    }
)

METRIC_NAMES: Words[str] = Words(
    {
        "accuracy": later("Answers that are right, over all items"),
        "macro_f1": later("Every class counts the same, rare ones too (F1, mean over classes)"),
        "balanced_accuracy": later("Items found, mean over classes"),
    }
)

ROLE_NAMES: Words[str] = Words(
    {
        Role.TEXT: later("Text to learn from"),
        Role.NUMBER: later("Number to learn from"),
        Role.CATEGORY: later("Category to learn from"),
        Role.IMAGE: later("Image to learn from"),
        Role.LABEL: later("The right answer (label)"),
        Role.ID: later("Name of the item (id)"),
        Role.SLICE: later("To compare groups by (slice)"),
        Role.SHOWN: later("Shown, not learned from"),
        Role.LINK: later("Link to the source record"),
        Role.PREDICTION: later("Answer of an existing model"),
        Role.CONFIDENCE: later("How sure that model is"),
        Role.IGNORE: later("Left out"),
    }
)

ESTIMATOR_NAMES: Words[str] = Words(
    {
        "text_linear": later("linear model on words and letters"),
        "text_embedded": later("linear model on what texts mean"),
        "text_joined": later("linear model on words and on what texts mean"),
        "tabular_linear": later("linear model on the columns"),
        "image_linear": later("linear model on the look of images"),
        "tabular_boosting": later("gradient-boosted trees on the columns"),
        "external": later("an existing model, by its answers"),
    }
)

PARAMETER_NAMES: dict[str, str] = {
    "C": later("how closely it follows the labels (C)"),
    "class_weight": later("weight of rare classes (class_weight)"),
}

_MARKDOWN = frozenset("\\`*_{}[]()#+!|>~$:<&/=@.-")
_MARKUP = frozenset("\\`*_[]!~$:<&#|")
_MINUTE, _HOUR = 60, 3600


def percent(share: float, digits: int = 0) -> str:
    """A share as text; it says 100 % or 0 % only when that is exact.

    >>> percent(0.914, 1), percent(0.9999), percent(1.0), percent(0.0001)
    ('91.4 %', '> 99 %', '100 %', '< 1 %')
    """
    rounded, unit = round(share * 100, digits), 10.0**-digits
    if share < 1 and rounded >= 100:
        return f"> {percent_number(1 - unit / 100, digits)}"
    if share > 0 and rounded <= 0:
        return f"< {percent_number(unit / 100, digits)}"
    return percent_number(share, digits)


def signed_points(share: float) -> str:
    """A difference of shares in points of a percentage, with its sign.

    >>> signed_points(0.0312), signed_points(-0.005)
    ('+3.1', '−0.5')
    """
    sign = "−" if share < 0 else "+"
    return f"{sign}{number(abs(share) * 100, 1)}"


def count_of(count: int, one: str, many: str) -> str:
    """A count with its noun, by the two forms of a message with a place for ``{count}``.

    >>> count_of(1, "{count} item", "{count} items"), count_of(12000, "{count} item", "{count} items")
    ('1 item', '12,000 items')
    """
    return ngettext(one, many, count).format(count=number(count))


def interval(rate: Rate) -> str:
    """The 95 % interval of a rate as text, on screens called its range, or that there is none.

    >>> interval(Rate(0.9, 0.85, 0.94, 120))
    '85.0 – 94.0 %'
    """
    if rate.low is None or rate.high is None:
        return _("not known")
    return range_text(rate.low, rate.high)


def rate_text(rate: Rate | None) -> str:
    """A rate with its interval and labels, or "not known".

    >>> rate_text(Rate(0.9, 0.85, 0.94, 120))
    '90.0 % (95 % range 85.0 – 94.0 %, 120 labels)'
    """
    if rate is None:
        return _("not known")
    labels = ngettext("{count} label", "{count} labels", rate.count).format(count=number(rate.count))
    return _("{rate} ({level} range {range}, {labels})").format(
        rate=percent(rate.value, 1), level=percent_number(0.95), range=interval(rate), labels=labels
    )


def ago(at: str, now: datetime) -> str:
    """How long ago a moment was, roughly; from a day on its date, in the reader's zone.

    >>> from datetime import UTC
    >>> ago("2026-01-02T03:00:00.000000Z", datetime(2026, 1, 2, 3, 5, tzinfo=UTC))
    '5 min ago'
    """
    return ago_text(at, now)


def duration(seconds: float) -> str:
    """A span of time, roughly.

    >>> duration(42), duration(125), duration(7300)
    ('42 s', '2 min 5 s', '2 h 1 min')
    """
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return _("{seconds} s").format(seconds=whole)
    if whole < _HOUR:
        return _("{minutes} min {seconds} s").format(minutes=whole // _MINUTE, seconds=whole % _MINUTE)
    return _("{hours} h {minutes} min").format(hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE)


def route_reason(route: str, *, confidence: float | None, threshold: float, novelty: float | None) -> str:
    """Why the policy sent an item this way, as one sentence.

    >>> route_reason("low_confidence", confidence=0.58, threshold=0.8, novelty=None)
    'The model is 58 % sure, under the threshold of 80 %, so a person decides.'
    """
    if route == Route.LOW_CONFIDENCE and confidence is None:
        return _("How sure the model is is not known, so a person decides.")
    sure = "—" if confidence is None else percent(confidence)
    if route == Route.LOW_CONFIDENCE and confidence is not None and confidence >= threshold:
        return _("The class that the model names is not in use any more, so a person decides.")
    sentences = {
        Route.AUTO_ACCEPT: _("The model is {share} sure; the threshold is {threshold}, so no person is needed."),
        Route.LOW_CONFIDENCE: _("The model is {share} sure, under the threshold of {threshold}, so a person decides."),
        Route.NOVEL: _novelty_text(novelty),
        Route.AUDIT: _("Drawn at random to check the model; decided by a person who does not see its answer."),
        Route.COLD_START: _("There is no model yet, so a person decides."),
        Route.SECOND_LOOK: _("Sent back to be decided anew; until then its answer stands."),
    }
    return sentences[Route(route)].format(share=sure, threshold=percent(threshold))


def field_text(value: object) -> str:
    """A field's value as it reads, of an image its path; a dash where it is missing."""
    if value is None or value == "":
        return "—"
    image = ImageRef.parse(value)
    if image:
        return image.path
    return f"{value:.15g}" if isinstance(value, float) else str(value)  # as in the file, in no locale


def plain(text: object) -> str:
    r"""Text from outside as Markdown that shows it literally: no image, colour, formula; no link but a bare address.

    >>> plain("![x](http://y) $1")
    '\\!\\[x\\]\\(http\\:\\/\\/y\\) \\$1'
    """
    escaped = "".join(f"\\{character}" if character in _MARKDOWN else character for character in str(text))
    return " ".join(escaped.split())


def plain_label(text: str) -> str:
    r"""Text from outside for the label of a field, where it is read aloud as it stands: escaped only where it must be.

    >>> plain_label("first.last-name@desk.example"), plain_label("![x](http://y)")
    ('first.last-name@desk.example', '\\!\\[x\\]\\(http\\:\\/\\/y\\)')
    """
    return plain(text) if _MARKUP.intersection(text) else text


def _novelty_text(novelty: float | None) -> str:
    if novelty is None:
        return _("The item is unlike what the model learned from, so a person decides, however sure the model is.")
    return _(
        "More unusual than {share} of what the model learned from, so a person decides, however sure the model is."
    ).format(share=percent(novelty))
