"""Which classes keep models from learning by the words of all, and where that is worth a sentence."""

import pytest

from hitl.loop.encode import set_encoder
from hitl.loop.projects import ClassDraft, save_classes
from hitl.views.class_words import lacking_words_text
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder


@pytest.fixture(autouse=True)
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def project_of(tmp_path):
    made = []

    def make(*names):
        made.append(SmallProject(tmp_path, rows=0, class_names=names))
        return made[-1]

    yield make
    for one in made:
        one.db.conn.close()


def test_the_class_of_a_single_word_is_named_with_what_to_do(project_of):
    assert lacking_words_text(project_of("late_parcel", "other").db) == (
        "Models don't learn from the names of the classes, as they can while labels are few: “other” is a single word. "
        "Give it a guideline of a sentence."
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("b", "c"), ": “b”, “c” are single words. Give each"),
        (("b", "c", "d"), ": “b”, “c”, “d” are single words."),
        (("b", "c", "d", "e", "f"), ": “b”, “c”, “d” and 2 more are single words."),
    ],
)
def test_of_several_three_are_named(project_of, names, told):
    assert told in lacking_words_text(project_of("late parcel", *names).db)


@pytest.mark.parametrize("names", [("late parcel", "card lost"), ("yes", "no"), ("other",)])
def test_where_all_say_enough_or_none_does_there_is_nothing_to_say(project_of, names):
    assert lacking_words_text(project_of(*names).db) is None


def test_a_class_out_of_use_does_not_count(project_of):
    small = project_of("late parcel", "card lost", "other")
    drafts = [ClassDraft(name, name, retired=name == "other") for name in ("late parcel", "card lost", "other")]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    assert lacking_words_text(small.db) is None


def test_where_texts_are_not_encoded_there_is_nothing_to_say(project_of, words, monkeypatch):
    small = project_of("late parcel", "other")
    WordEncoder(lacking="Install it.").use(monkeypatch)
    assert lacking_words_text(small.db) is None
    words.use(monkeypatch)
    assert lacking_words_text(small.db)
    set_encoder(small.db, is_on=False, actor=small.actor, now=small.now())
    assert lacking_words_text(small.db) is None
