"""An export as bytes."""

import pytest

from hitl.domain.errors import BadInput, NoModel
from hitl.loop.export import ExportKind
from hitl.views.exports import make_export
from tests.small_project import SmallProject


def test_the_bytes_are_those_of_the_file(tmp_path):
    project = SmallProject(tmp_path)
    made = make_export(tmp_path, "small", kind=ExportKind.LABELS, suffix="csv", actor=project.actor)
    assert made.decode().splitlines()[0].startswith("id,label,label_key,source,decided_by")
    assert made.decode().count("\n") == 5


def test_without_a_model_there_are_no_predictions(tmp_path):
    project = SmallProject(tmp_path)
    with pytest.raises(NoModel):
        make_export(tmp_path, "small", kind=ExportKind.PREDICTIONS, suffix="csv", actor=project.actor)


def test_an_unknown_format_is_refused(tmp_path):
    project = SmallProject(tmp_path)
    with pytest.raises(BadInput):
        make_export(tmp_path, "small", kind=ExportKind.ITEMS, suffix="xls", actor=project.actor)
