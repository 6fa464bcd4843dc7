"""Which types a model file may hold, how they may be put together, and whether its indices point where they should."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import LinearSVC

from hitl.domain.errors import UntrustedModelFile
from hitl.domain.language import _
from hitl.ml.novelty import CosineSpace, NoveltySpace

# (module, class, loader) as skops writes them. A type is added here by hand, after reading what loading it runs.
ALLOWED_NODES = frozenset(
    {
        ("builtins", "dict", "DictNode"),
        ("builtins", "list", "ListNode"),
        ("builtins", "slice", "SliceNode"),
        ("builtins", "str", "JsonNode"),
        ("builtins", "str", "TypeNode"),
        ("builtins", "int", "TypeNode"),
        ("builtins", "tuple", "TupleNode"),
        ("numpy", "dtype", "DTypeNode"),
        ("numpy", "float64", "NdArrayNode"),
        ("numpy", "float64", "TypeNode"),
        ("numpy", "int64", "NdArrayNode"),
        ("numpy", "int64", "TypeNode"),
        ("numpy", "ndarray", "NdArrayNode"),
        ("numpy", "uint64", "NdArrayNode"),
        ("numpy.random._generator", "Generator", "RandomGeneratorNode"),
        ("scipy.sparse._csr", "csr_matrix", "SparseMatrixNode"),
        ("sklearn._loss._loss", "CyHalfBinomialLoss", "LossNode"),
        ("sklearn._loss._loss", "CyHalfMultinomialLoss", "LossNode"),
        ("sklearn._loss.link", "Interval", "ObjectNode"),
        ("sklearn._loss.link", "LogitLink", "ObjectNode"),
        ("sklearn._loss.link", "MultinomialLogit", "ObjectNode"),
        ("sklearn._loss.loss", "HalfBinomialLoss", "ObjectNode"),
        ("sklearn._loss.loss", "HalfMultinomialLoss", "ObjectNode"),
        ("sklearn.compose._column_transformer", "ColumnTransformer", "ObjectNode"),
        ("sklearn.ensemble._hist_gradient_boosting.binning", "_BinMapper", "ObjectNode"),
        (
            "sklearn.ensemble._hist_gradient_boosting.gradient_boosting",
            "HistGradientBoostingClassifier",
            "ObjectNode",
        ),
        ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor", "ObjectNode"),
        ("sklearn.feature_extraction.text", "TfidfTransformer", "ObjectNode"),
        ("sklearn.feature_extraction.text", "TfidfVectorizer", "ObjectNode"),
        ("sklearn.impute._base", "MissingIndicator", "ObjectNode"),
        ("sklearn.impute._base", "SimpleImputer", "ObjectNode"),
        ("sklearn.linear_model._logistic", "LogisticRegression", "ObjectNode"),
        ("sklearn.pipeline", "Pipeline", "ObjectNode"),
        ("sklearn.preprocessing._data", "StandardScaler", "ObjectNode"),
        ("sklearn.preprocessing._encoders", "OneHotEncoder", "ObjectNode"),
        ("sklearn.preprocessing._encoders", "OrdinalEncoder", "ObjectNode"),
        ("sklearn.preprocessing._function_transformer", "FunctionTransformer", "ObjectNode"),
        ("sklearn.preprocessing._label", "LabelEncoder", "ObjectNode"),
        ("sklearn.svm._classes", "LinearSVC", "ObjectNode"),
    }
)
CLASSIFIERS = (LinearSVC, LogisticRegression, HistGradientBoostingClassifier)
COLUMN_BLOCKS = (TfidfVectorizer, OneHotEncoder, OrdinalEncoder, FunctionTransformer)
TRUSTED_NAMES = sorted(f"{module}.{name}" for module, name, _ in ALLOWED_NODES)


def check_types(schema: Any) -> None:
    """Every node of a skops schema is of an allowed type, loaded by the loader that type has.

    Raises
    ------
    UntrustedModelFile
        Names the first type that is not allowed.
    """
    for node in _nodes(schema):
        module, name, loader = (node.get(key) for key in ("__module__", "__class__", "__loader__"))
        if (module, name, loader) not in ALLOWED_NODES:
            raise UntrustedModelFile(
                _("The model file holds '{part}', which no Tandem model has. Not loaded.").format(
                    part=f"{module}.{name}"
                )
            )


def text_vectorizers(columns: Any) -> list[Any]:
    """The fitted vectorizers of a columns step, in order."""
    return [block for _name, block, _columns in columns.transformers_ if isinstance(block, TfidfVectorizer)]


def check_steps(pipeline: Any, novelty_columns: Any) -> None:
    """Allowed types stand where an estimator of ours puts them, and texts are read as texts.

    A vectorizer hidden in a nested pipeline would escape `check_indices`; one told that its input is a file name would
    open the files that items name.

    Raises
    ------
    UntrustedModelFile
        Names the first part that stands where it should not.
    """
    _expect(pipeline, (Pipeline,))
    _expect(pipeline["classifier"], CLASSIFIERS)
    for columns in [pipeline["columns"], *([] if novelty_columns is None else [novelty_columns])]:
        _expect(columns, (ColumnTransformer,))
        for _name, block, _columns in columns.transformers_:
            _check_block(block)


def check_indices(pipeline: Any, space: NoveltySpace) -> None:
    """Indices inside the fitted objects stay within their arrays.

    Compiled code follows them unchecked: a forged index would read foreign memory or loop for ever.

    Raises
    ------
    UntrustedModelFile
        An index points outside.
    """
    try:
        is_sound = _are_trees_sound(pipeline["classifier"]) and _are_vocabularies_sound(pipeline["columns"])
        if isinstance(space, CosineSpace):
            space.prototypes.check_format(full_check=True)
            space.class_means.check_format(full_check=True)
    except ValueError as error:
        raise UntrustedModelFile(_("The model file's prototypes are inconsistent. Not loaded.")) from error
    if not is_sound:
        raise UntrustedModelFile(_("The model file's indices point outside its arrays. Not loaded."))


def _expect(part: Any, types: tuple[type, ...]) -> None:
    if type(part) not in types:
        raise UntrustedModelFile(
            _("The model file has a '{part}' where none belongs. Not loaded.").format(part=type(part).__name__)
        )


def _check_block(block: Any) -> None:
    """A block of a fitted columns step; "drop" stands for columns left out."""
    if isinstance(block, str):
        return
    if isinstance(block, Pipeline):
        for (_name, step), step_type in zip(block.steps, (SimpleImputer, StandardScaler), strict=True):
            _expect(step, (step_type,))
        return
    _expect(block, COLUMN_BLOCKS)
    if isinstance(block, TfidfVectorizer) and block.input != "content":
        raise UntrustedModelFile(_("The model file would read other files in place of texts. Not loaded."))


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "__class__" in part or "__loader__" in part:
                yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _are_trees_sound(classifier: Any) -> bool:
    trees = [tree for trees in getattr(classifier, "_predictors", []) for tree in trees]
    return all(_is_tree_sound(tree.nodes, classifier.n_features_in_) for tree in trees)


def _is_tree_sound(nodes: Any, n_features: int) -> bool:
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    children = np.stack([nodes["left"][inner], nodes["right"][inner]]).astype(np.int64)
    features = nodes["feature_idx"][inner]
    is_downward = np.all((children > inner) & (children < len(nodes)))  # children come after their parent: no loops
    is_in_range = np.all((features >= 0) & (features < n_features))
    return bool(len(nodes) > 0 and is_downward and is_in_range and not nodes["is_categorical"].any())


def _are_vocabularies_sound(columns: Any) -> bool:
    return all(
        sorted(vectorizer.vocabulary_.values()) == list(range(len(vectorizer.idf_)))
        for vectorizer in text_vectorizers(columns)
    )
