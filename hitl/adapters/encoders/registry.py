"""The encoders there are. A new one is a file beside this, a line here and its size in `hitl.domain.fields`."""

from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.minilm import MINILM
from hitl.adapters.encoders.universal import UNIVERSAL
from hitl.domain.errors import NotFound
from hitl.domain.language import _

ENCODERS = (UNIVERSAL, MINILM)


def default_encoder() -> Encoder:
    """The encoder that new models read texts by where nobody chose another; it comes with Tandem."""
    return ENCODERS[0]


def named_encoder(name: str) -> Encoder:
    """The encoder of that name, in the version that is here.

    Raises
    ------
    NotFound
        There is none; the message lists those there are.
    """
    for encoder in ENCODERS:
        if encoder.name == name:
            return encoder
    known = ", ".join(one.name for one in ENCODERS)
    raise NotFound(_("There is no encoder '{name}'. Known: {encoders}.").format(name=name, encoders=known))


def find_encoder(recipe: str) -> Encoder:
    """The encoder of just that name and version: another version gives other vectors, which a model can't read.

    Raises
    ------
    NotFound
        There is none; the message lists those there are.
    """
    for encoder in ENCODERS:
        if encoder.recipe == recipe:
            return encoder
    raise NotFound(
        _(
            "This model reads texts by the encoder {recipe}, which this Tandem does not have. It has {encoders}. "
            "Train a new version."
        ).format(recipe=recipe, encoders=", ".join(known.recipe for known in ENCODERS))
    )
