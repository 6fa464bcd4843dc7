"""The model of a version at work: from the values of items to its answers, read and prepared as it learned them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl.adapters.artifacts import read_artifact
from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import fill_embeddings
from hitl.domain.errors import NoModel
from hitl.domain.language import _
from hitl.domain.records import Version
from hitl.domain.redaction import retired_sentence

if TYPE_CHECKING:
    from hitl.ml.predictions import Predictions


def require_model(version: Version) -> str:
    """The SHA-256 of the version's model file.

    Raises
    ------
    NoModel
        The version came with an import and has no model to run, or is retired.
    """
    if version.is_retired:
        raise NoModel(retired_sentence(version.name))
    if version.artifact_sha256 is None:
        raise NoModel(
            _("'{name}' came with an import: it has answers, but no model that could answer more.").format(
                name=version.name
            )
        )
    return version.artifact_sha256


def load_answerer(folder: Path, version: Version) -> Callable[[Sequence[Mapping[str, Any]]], "Predictions"]:
    """What answers items as the version does, one row an item in their order; the values are under ``fields``.

    Features of images and texts that are not kept in the project's folder yet are computed and kept.

    Raises
    ------
    NoModel
        The version came with an import and has no model to run, or is retired.
    NotFound
        The model reads texts by an encoder that is not here.
    UntrustedModelFile
        The model file is tampered with, foreign, or of another library version.
    """
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415  scikit-learn stays off the pages' start-up path
    from hitl.ml.model_files import load_model  # noqa: PLC0415
    from hitl.ml.prediction import predict_items  # noqa: PLC0415

    model = load_model(read_artifact(folder / "artifacts", require_model(version)))
    fields = model.fields
    features = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    embed = fill_embeddings(folder, fields)

    def answer(items: Sequence[Mapping[str, Any]]) -> "Predictions":
        values = embed(features.fill([item["fields"] for item in items], fields))
        return predict_items(model, prepare_inputs(pd.DataFrame(values), fields))

    return answer
