"""Which types a model file may hold."""

import pytest

from hitl.domain.errors import UntrustedModelFile
from hitl.ml.file_audit import ALLOWED_NODES, TRUSTED_NAMES, check_types


def node(module, name, loader, **rest):
    return {"__module__": module, "__class__": name, "__loader__": loader, **rest}


DICT = ("builtins", "dict", "DictNode")


def test_nodes_of_the_allow_list_pass_at_any_depth():
    inner = [node(*allowed) for allowed in sorted(ALLOWED_NODES)]
    check_types(node(*DICT, content={"a": {"b": inner}}))


@pytest.mark.parametrize(
    "foreign",
    [
        node("os", "system", "FunctionNode"),
        node("builtins", "eval", "TypeNode"),
        node("functools", "partial", "PartialNode"),
        node("sklearn.tree._classes", "DecisionTreeClassifier", "ObjectNode"),
        node("builtins", "dict", "ObjectNode"),
        {"__loader__": "DictNode"},
        {"__class__": "dict"},
    ],
)
def test_any_other_node_is_refused_at_any_depth(foreign):
    with pytest.raises(UntrustedModelFile, match="which no Tandem model has"):
        check_types(node(*DICT, content={"a": [node("builtins", "list", "ListNode", content=[foreign])]}))


def test_no_allowed_type_runs_code_of_the_file():
    loaders = {loader for _, _, loader in ALLOWED_NODES}
    assert not loaders & {"FunctionNode", "MethodNode", "PartialNode", "OperatorFuncNode", "ReduceNode"}
    assert sorted(TRUSTED_NAMES) == TRUSTED_NAMES
