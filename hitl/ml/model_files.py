"""Models to bytes and back, by skops with a fixed allow-list of types; never pickle."""

import copy
import hashlib
import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np
import pandas as pd
import sklearn
from skops import io as skops_io

from hitl.domain.errors import UntrustedModelFile
from hitl.domain.fields import Field, Role
from hitl.domain.language import _
from hitl.ml.calibration import Calibration
from hitl.ml.file_audit import TRUSTED_NAMES, check_indices, check_steps, check_types, text_vectorizers
from hitl.ml.fitted_model import FittedModel
from hitl.ml.novelty import CosineSpace, MetricSpace, NoveltyModel, NoveltySpace
from hitl.ml.prediction import predict_items

FORMAT = 1
HEADER = "tandem.json"
SCHEMA = "schema.json"
MOST_UNPACKED_BYTES = 2_000_000_000
MOST_SCHEMA_BYTES = 100_000_000  # read into objects, which take ten times as much
# What skops, numpy and zipfile raise on files that are not what they say.
GARBLED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def dump_model(model: FittedModel) -> bytes:
    """The model as a compressed skops file of plain containers, arrays and scikit-learn objects."""
    buffer = io.BytesIO(skops_io.dumps(_state_of(model), compression=zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(buffer, "a", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(HEADER, json.dumps({"format": FORMAT, "scikit_learn": sklearn.__version__}))
    return buffer.getvalue()


def load_model(data: bytes) -> FittedModel:
    """The model in a file, after its size, version, types, steps and indices were checked, in this order.

    Raises
    ------
    UntrustedModelFile
        The file is garbled or not a Tandem model, of another scikit-learn minor version, or holds a type that is not
        on the allow-list (`file_audit.ALLOWED_NODES`); the message says which.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive)
            _check_header(json.loads(archive.read(HEADER)))
            check_types(json.loads(archive.read(SCHEMA)))
        state = skops_io.loads(data, trusted=TRUSTED_NAMES)
        model = _model_of(state)
        check_steps(model.pipeline, model.novelty.columns)
        check_indices(model.pipeline, model.novelty.space)
    except GARBLED as error:
        raise UntrustedModelFile(_("This is not a Tandem model file, or it is damaged. Not loaded.")) from error
    return model


def probe_hash(model: FittedModel, inputs: pd.DataFrame) -> str:
    """SHA-256 of predict_proba on frozen probe inputs, hexadecimal: equal for bit-identical models.

    (The file's own hash differs each time it is written.)

    Parameters
    ----------
    model : FittedModel
    inputs : DataFrame, shape (n_items, at least the model's fields)
        From `prepare_inputs`.
    """
    proba = np.ascontiguousarray(predict_items(model, inputs).proba, dtype="<f8")
    return hashlib.sha256(proba.tobytes()).hexdigest()


def _check_size(archive: zipfile.ZipFile) -> None:
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED_BYTES:
        raise UntrustedModelFile(_("The model file would unpack to more than 2 GB. Not loaded."))
    if archive.getinfo(SCHEMA).file_size > MOST_SCHEMA_BYTES:
        raise UntrustedModelFile(_("The model file's schema would unpack to more than 100 MB. Not loaded."))


def _check_header(header: dict[str, Any]) -> None:
    written_by, here = str(header["scikit_learn"]), sklearn.__version__
    if written_by.split(".")[:2] != here.split(".")[:2]:
        raise UntrustedModelFile(
            _(
                "The model file was written by scikit-learn {written_by}, this is {here}. Rebuild the "
                "model from its recipe."
            ).format(written_by=written_by, here=here)
        )
    if header["format"] != FORMAT:
        raise UntrustedModelFile(
            _("The model file has format {found}, this is {known}. Rebuild the model from its recipe.").format(
                found=header["format"], known=FORMAT
            )
        )


def _state_of(model: FittedModel) -> dict[str, Any]:
    space = model.novelty.space
    pipeline, vocabularies = _without_vocabularies(model.pipeline)
    return {
        "estimator": model.estimator,
        "parameters": dict(model.parameters),
        "fields": [[field.name, str(field.role)] for field in model.fields],
        "seed": model.seed,
        "class_ids": model.class_ids,
        "labelled_ids": model.labelled_ids,
        "pipeline": pipeline,
        "vocabularies": json.dumps(vocabularies),
        "calibration": [model.calibration.temperature, model.calibration.intercept, model.calibration.slope],
        "novelty_columns": model.novelty.columns,
        "prototypes": space.prototypes,
        "class_means": space.class_means,
        "whitening": space.whitening if isinstance(space, MetricSpace) else None,
        "measure_references": model.novelty.measure_references,
        "novelty_references": model.novelty.novelty_references,
    }


def _without_vocabularies(pipeline: Any) -> tuple[Any, list[list[str]]]:
    """A copy of the pipeline, and its n-grams by column: skops would write a file for every one of them."""
    bare = copy.deepcopy(pipeline)
    vectorizers = text_vectorizers(bare["columns"])
    vocabularies = [sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get) for vectorizer in vectorizers]
    for vectorizer in vectorizers:
        vectorizer.vocabulary_ = {}
    return bare, vocabularies


def _with_vocabularies(pipeline: Any, vocabularies: list[list[str]]) -> Any:
    for vectorizer, ngrams in zip(text_vectorizers(pipeline["columns"]), vocabularies, strict=True):
        vectorizer.vocabulary_ = {ngram: column for column, ngram in enumerate(ngrams)}
    return pipeline


def _model_of(state: dict[str, Any]) -> FittedModel:
    return FittedModel(
        estimator=state["estimator"],
        parameters=state["parameters"],
        fields=tuple(Field(name, Role(role)) for name, role in state["fields"]),
        seed=state["seed"],
        class_ids=np.asarray(state["class_ids"], dtype=np.int64),
        labelled_ids=np.asarray(state.get("labelled_ids", state["class_ids"]), dtype=np.int64),
        pipeline=_with_vocabularies(state["pipeline"], json.loads(state["vocabularies"])),
        calibration=Calibration(*state["calibration"]),
        novelty=NoveltyModel(
            state["novelty_columns"], _space_of(state), state["measure_references"], state["novelty_references"]
        ),
    )


def _space_of(state: dict[str, Any]) -> NoveltySpace:
    if state["whitening"] is None:
        return CosineSpace(state["prototypes"], state["class_means"])
    return MetricSpace(state["prototypes"], state["class_means"], state["whitening"])
