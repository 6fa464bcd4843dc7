"""Model files: what was written is read back, and nothing else is."""

import io
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from skops import io as skops_io

from hitl.domain.errors import UntrustedModelFile
from hitl.ml import model_files
from hitl.ml.model_files import HEADER, SCHEMA, dump_model, load_model, probe_hash
from tests.unit.ml.small_data import MIXED, TABLE, TEXT, measurements, messages, mixed, train


@pytest.fixture(scope="module")
def text_model():
    return train(*messages(40)).model


@pytest.fixture(scope="module")
def text_file(text_model):
    return dump_model(text_model)


def boosted_model():
    inputs, _ = measurements(160)
    bands = np.where(np.abs(inputs["weight"]) > 0.7, 2, 1).astype(np.int64)
    model = train(inputs, bands, TABLE).model
    assert model.estimator == "tabular_boosting"
    return model, inputs


def rewritten(data, **members):
    """The archive with some members' bytes replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.pop(name, old.read(name)))
        assert not members
    return buffer.getvalue()


def header_of(**changes):
    return json.dumps({"format": model_files.FORMAT, "scikit_learn": sklearn.__version__, **changes})


def with_state(model, **changes):
    """A file whose writer was free to put anything into the state."""
    buffer = io.BytesIO(skops_io.dumps({**model_files._state_of(model), **changes}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(HEADER, header_of())
    return buffer.getvalue()


def with_steps(model, *, classifier=None, block=None, novelty_columns=None):
    """A file of the model with another classifier, first column block, or columns to measure novelty in."""
    state = model_files._state_of(model)
    pipeline = state["pipeline"]
    if classifier is not None:
        pipeline.steps[1] = ("classifier", classifier)
    if block is not None:
        name, _, column = pipeline["columns"].transformers_[0]
        pipeline["columns"].transformers_[0] = (name, block, column)
    return with_state(model, pipeline=pipeline, novelty_columns=novelty_columns)


@pytest.mark.parametrize(
    ("make", "fields"), [(messages, TEXT), (measurements, TABLE), (mixed, MIXED)], ids=["text", "table", "mixed"]
)
def test_a_model_read_back_answers_with_the_same_bits(make, fields):
    inputs, class_ids = make(60)
    model = train(inputs, class_ids, fields).model
    again = load_model(dump_model(model))
    assert probe_hash(again, inputs) == probe_hash(model, inputs)
    assert (again.estimator, again.parameters, again.fields, again.seed, again.calibration) == (
        model.estimator,
        model.parameters,
        model.fields,
        model.seed,
        model.calibration,
    )


def test_boosted_trees_are_read_back_with_the_same_bits():
    model, inputs = boosted_model()
    assert probe_hash(load_model(dump_model(model)), inputs) == probe_hash(model, inputs)


def test_writing_leaves_the_model_as_it_was(text_model):
    inputs, _ = messages(20, seed=1)
    before = probe_hash(text_model, inputs)
    dump_model(text_model)
    assert probe_hash(text_model, inputs) == before


def test_another_model_has_another_probe_hash(text_model):
    inputs, _ = messages(20, seed=1)
    assert probe_hash(train(*messages(40, seed=2)).model, inputs) != probe_hash(text_model, inputs)


@pytest.mark.parametrize(
    "data",
    [b"", b"not a model", pickle.dumps({"a": 1}), b"PK\x05\x06" + bytes(18)],
    ids=["empty", "text", "pickle", "zip"],
)
def test_a_foreign_file_is_refused(data):
    with pytest.raises(UntrustedModelFile, match="not a Tandem model file, or it is damaged"):
        load_model(data)


def test_a_skops_file_of_another_program_is_refused():
    with pytest.raises(UntrustedModelFile, match="not a Tandem model file"):
        load_model(skops_io.dumps(GaussianNB()))


@settings(max_examples=25, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless(text_model, text_file, place, byte):
    position = int(place * len(text_file))
    changed = text_file[:position] + bytes([byte]) + text_file[position + 1 :]
    try:
        model = load_model(changed)
    except UntrustedModelFile:
        return
    inputs, _ = messages(20, seed=1)
    assert probe_hash(model, inputs) == probe_hash(text_model, inputs)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_cut_short_is_refused(text_file, share):
    with pytest.raises(UntrustedModelFile):
        load_model(text_file[: int(share * len(text_file))])


def test_a_file_of_another_minor_version_of_scikit_learn_is_refused_with_both_versions(text_file):
    data = rewritten(text_file, **{HEADER: header_of(scikit_learn="1.2.3")})
    with pytest.raises(UntrustedModelFile, match=rf"scikit-learn 1\.2\.3, this is {sklearn.__version__}.*Rebuild"):
        load_model(data)


def test_a_file_of_another_patch_version_is_read(text_file, text_model):
    minor = ".".join(sklearn.__version__.split(".")[:2])
    again = load_model(rewritten(text_file, **{HEADER: header_of(scikit_learn=f"{minor}.99")}))
    assert again.parameters == text_model.parameters


def test_a_file_of_another_format_is_refused(text_file):
    with pytest.raises(UntrustedModelFile, match="format 99, this is"):
        load_model(rewritten(text_file, **{HEADER: header_of(format=99)}))


def test_a_foreign_type_is_refused_by_name_before_anything_is_loaded(text_model):
    data = with_state(text_model, seed=DecisionTreeClassifier())
    with pytest.raises(UntrustedModelFile, match=r"holds 'sklearn\.tree\._classes\.DecisionTreeClassifier'"):
        load_model(data)


def test_a_function_to_call_is_refused_by_name(text_file):
    schema = json.loads(zipfile.ZipFile(io.BytesIO(text_file)).read(SCHEMA))
    call = {
        "__class__": "system",
        "__module__": "os",
        "__loader__": "FunctionNode",
        "content": "os.system",
        "__id__": 1,
    }
    schema["content"]["seed"] = call
    with pytest.raises(UntrustedModelFile, match=r"holds 'os\.system'"):
        load_model(rewritten(text_file, **{SCHEMA: json.dumps(schema)}))


def test_an_allowed_type_under_another_loader_is_refused(text_file):
    schema = zipfile.ZipFile(io.BytesIO(text_file)).read(SCHEMA).decode()
    data = rewritten(text_file, **{SCHEMA: schema.replace('"NdArrayNode"', '"ObjectNode"', 1)})
    with pytest.raises(UntrustedModelFile, match=r"holds 'numpy\."):
        load_model(data)


def test_a_zip_bomb_is_refused_unread(text_file):
    place = text_file.rindex(b"PK\x01\x02")  # the last entry of the zip directory claims to unpack to 4 GB
    bomb = text_file[: place + 24] + struct.pack("<I", 0xFFFFFFF0) + text_file[place + 28 :]
    with pytest.raises(UntrustedModelFile, match="more than 2 GB"):
        load_model(bomb)


def test_a_schema_that_unpacks_to_more_than_any_model_needs_is_refused(text_file):
    data = rewritten(text_file, **{SCHEMA: b" " * (model_files.MOST_SCHEMA_BYTES + 1)})
    assert len(data) < 5_000_000
    with pytest.raises(UntrustedModelFile, match="more than 100 MB"):
        load_model(data)


def test_indices_that_point_outside_the_arrays_are_refused():
    model, _ = boosted_model()
    tree = model.pipeline["classifier"]._predictors[0][0]
    tree.nodes["left"][0] = 10_000
    with pytest.raises(UntrustedModelFile, match="point outside"):
        load_model(dump_model(model))


def test_a_tree_that_leads_back_to_itself_is_refused():
    model, _ = boosted_model()
    tree = model.pipeline["classifier"]._predictors[0][0]
    tree.nodes["right"][0] = 0
    with pytest.raises(UntrustedModelFile, match="point outside"):
        load_model(dump_model(model))


def test_a_vocabulary_longer_than_its_weights_is_refused(text_model):
    state = model_files._state_of(text_model)
    words, characters = json.loads(state["vocabularies"])
    data = with_state(text_model, vocabularies=json.dumps([[*words, "one more"], characters]))
    with pytest.raises(UntrustedModelFile, match="point outside"):
        load_model(data)


def test_prototypes_with_foreign_indices_are_refused(text_model):
    prototypes = model_files._state_of(text_model)["prototypes"].copy()
    prototypes.indices[0] = 1_000_000
    with pytest.raises(UntrustedModelFile, match="prototypes are inconsistent"):
        load_model(with_state(text_model, prototypes=prototypes))


def test_a_vectorizer_hidden_in_a_nested_pipeline_is_refused(text_model):
    state = model_files._state_of(text_model)
    name, vectorizer, column = state["pipeline"]["columns"].transformers_[0]
    hidden = Pipeline([("impute", vectorizer), ("scale", vectorizer)])
    state["pipeline"]["columns"].transformers_[0] = (name, hidden, column)
    vocabularies = json.dumps(json.loads(state["vocabularies"])[1:])  # of the one vectorizer still in sight
    with pytest.raises(UntrustedModelFile, match="'TfidfVectorizer' where none belongs"):
        load_model(with_state(text_model, pipeline=state["pipeline"], vocabularies=vocabularies))


def test_a_classifier_that_is_none_is_refused(text_model):
    with pytest.raises(UntrustedModelFile, match="'Pipeline' where none belongs"):
        load_model(with_steps(text_model, classifier=Pipeline([("a", text_model.pipeline["classifier"])])))


def test_a_vectorizer_that_would_open_the_files_items_name_is_refused(text_model):
    vectorizer = model_files._state_of(text_model)["pipeline"]["columns"].transformers_[0][1]
    vectorizer.input = "filename"
    with pytest.raises(UntrustedModelFile, match="would read other files"):
        load_model(with_steps(text_model, block=vectorizer))
