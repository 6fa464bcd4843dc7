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
    by_name = {encoder.name: encoder for encoder in ENCODERS}
    return _look_up(name, by_name, _("There is no encoder '{name}'. Known: {encoders}."))


def find_encoder(recipe: str) -> Encoder:
    """The encoder of just that name and version: another version gives other vectors, which a model can't read.

    Raises
    ------
    NotFound
        There is none; the message lists those there are.
    """
    by_recipe = {encoder.recipe: encoder for encoder in ENCODERS}
    refusal = _(
        "This model reads texts by the encoder {name}, which this Tandem does not have. It has {encoders}. "
        "Train a new version."
    )
    return _look_up(recipe, by_recipe, refusal)


def _look_up(name: str, encoders: dict[str, Encoder], refusal: str) -> Encoder:
    if name not in encoders:
        raise NotFound(refusal.format(name=name, encoders=", ".join(encoders)))
    return encoders[name]
