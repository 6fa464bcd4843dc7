"""Messages come from the catalogue of the reader's language, and stay as they are where it has none."""

from hitl.domain.language import _, current_language, ngettext, speaking
from hitl.domain.reader import current_reader


def test_a_message_without_a_catalogue_is_itself():
    with speaking("xx"):
        assert _("No items yet") == "No items yet"


def test_a_count_chooses_its_form():
    assert [ngettext("{count} item", "{count} items", count).format(count=count) for count in (1, 2)] == [
        "1 item",
        "2 items",
    ]


def test_a_language_ends_with_its_block():
    with speaking("de_DE"):
        assert current_reader().language == "de_DE"
    assert current_reader().language == "en"


def test_a_locale_speaks_the_catalogue_of_its_language_and_else_english(catalogue):
    catalogue("pt", {"Review": "Revisão"})
    with speaking("pt_BR"):
        assert (current_language(), _("Review"), _("Train")) == ("pt", "Revisão", "Train")
    with speaking("fr_CA"):
        assert (current_language(), _("Review")) == ("en", "Review")


def test_a_language_has_its_own_forms_of_a_count(catalogue):
    forms = ("{count} položka", "{count} položky", "{count} položek")
    catalogue("cs", {("{count} item", "{count} items"): forms})
    with speaking("cs"):
        assert [ngettext("{count} item", "{count} items", count).format(count=count) for count in (1, 3, 5)] == [
            "1 položka",
            "3 položky",
            "5 položek",
        ]
