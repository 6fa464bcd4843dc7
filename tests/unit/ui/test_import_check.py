"""What is chosen for labels that are no class becomes the import's choices."""

from hitl.domain.import_check import Finding
from hitl.domain.import_choices import USUAL_CHOICES, ImportChoices
from hitl.ui.import_check import choices_of_labels, rows_text


def test_each_label_becomes_what_was_chosen_for_it():
    chosen = {"yess": "class:yes", "?": "none", "Perhaps": "new", "xx": "out", "class:": "class:class:no"}
    assert choices_of_labels(USUAL_CHOICES, chosen) == ImportChoices(
        labels={"yess": "yes", "class:": "class:no", "?": ""}, new_classes=("Perhaps",)
    )


def test_the_first_rows_are_named():
    assert rows_text(Finding()) == ""
    assert rows_text(Finding(1, (7,))) == "Row 7."
    assert rows_text(Finding(9, (2, 3, 4, 5, 6, 7))) == "Rows 2, 3, 4, 5, 6 …"
