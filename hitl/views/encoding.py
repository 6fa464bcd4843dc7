"""Whether models learn from what texts mean in a project, how far that is, and how long the rest takes."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from hitl.adapters.encoders import registry
from hitl.adapters.encoders.contract import Encoder
from hitl.domain.language import _
from hitl.encoding import encoder_of, encoding_ready
from hitl.loop.encode import MOST_UNASKED_TEXTS, waiting_texts
from hitl.store.encoding import encoder_rule, read_encoding
from hitl.views.formatting import number
from hitl.views.wording import count_of

_MINUTE, _HOUR = 60, 3_600
_INSTALL = re.compile(r"pip install(?: [!-~]+)+")


@dataclass(frozen=True)
class EncoderChoice:
    """An encoder that a project can have.

    Attributes
    ----------
    name, title, licence : str
    dimension : int
        How many numbers a text gets.
    about : str
        What it reads well, and at what price.
    lacking : str
        What has to be installed before it can read, and how; empty where nothing.
    """

    name: str
    title: str
    licence: str
    dimension: int
    about: str
    lacking: str

    @property
    def facts(self) -> str:
        """What it is, and what it is good for."""
        return _("{title}: {about} {licence}, {count} numbers a text.").format(
            title=self.title, about=self.about, licence=self.licence, count=number(self.dimension)
        )

    @property
    def command(self) -> str:
        """What is to be run to have what it lacks, found in the sentence of any language; empty where nothing is."""
        found = _INSTALL.search(self.lacking)
        return found.group() if found else ""

    @property
    def sentence(self) -> str:
        """What people choose by: the facts, and what it lacks here."""
        return f"{self.facts} {self.lacking}".strip()


@dataclass(frozen=True)
class EncodingView:
    """How a project stands with its encoder.

    Attributes
    ----------
    chosen : EncoderChoice
        The encoder that it has.
    choices : tuple of EncoderChoice
        All that it could have, that one among them.
    is_on, is_ready : bool
        Whether its people want it; whether all visible items are encoded.
    waiting_count : int
        Texts that are not encoded yet.
    left_seconds : float or None
        The time that these take at the rate of the last ones; None where no rate is known.
    """

    chosen: EncoderChoice
    choices: tuple[EncoderChoice, ...]
    is_on: bool
    is_ready: bool
    waiting_count: int
    left_seconds: float | None

    @property
    def waits_for_somebody(self) -> bool:
        """Whether there are so many that they are encoded only when somebody asks for it."""
        return self.is_on and self.waiting_count > MOST_UNASKED_TEXTS

    @property
    def sentence(self) -> str:
        """How it stands, and how long the rest takes."""
        if not self.is_on:
            return _("It is turned off: models learn from words and letters alone.")
        if self.is_ready:
            return _("All texts are read: the next training tries both.")
        texts = count_of(self.waiting_count, "{count} text is not read yet", "{count} texts are not read yet")
        return _("{texts}; until they are, models learn from words and letters alone. {time}").format(
            texts=texts, time=self.time_sentence
        )

    @property
    def time_sentence(self) -> str:
        """How long the rest takes, or that it is told later."""
        if self.left_seconds is None:
            return _("How long it takes is told after the first ones.")
        if self.left_seconds < 2 * _HOUR:
            minutes = max(round(self.left_seconds / _MINUTE), 1)
            return _("It takes about {minutes} min.").format(minutes=number(minutes))
        return _("It takes about {hours} hours.").format(hours=number(round(self.left_seconds / _HOUR)))


def read_encoder(db: Database, folder: Path) -> EncodingView:
    """How the project stands with the encoder that new models read texts by."""
    encoder = encoder_of(db)
    rate = read_encoding(db, encoder.recipe).texts_per_second
    waiting = waiting_texts(db, folder)
    return EncodingView(
        chosen=_choice(encoder),
        choices=tuple(_choice(one) for one in registry.ENCODERS),
        is_on=encoder_rule(db).is_on,
        is_ready=encoding_ready(db, folder),
        waiting_count=waiting,
        left_seconds=waiting / rate if rate else None,
    )


def _choice(encoder: Encoder) -> EncoderChoice:
    return EncoderChoice(
        name=encoder.name,
        title=f"{encoder.title} {encoder.version}",
        licence=encoder.licence,
        dimension=encoder.dimension,
        about=_(encoder.about),
        lacking=encoder.lacking(),
    )
