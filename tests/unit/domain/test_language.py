"""Messages come from the catalogue of the reader's language, and stay as they are where it has none."""

from hitl.domain.language import _, current_language, ngettext, speaking


def test_a_message_without_a_catalogue_is_itself():
    with speaking("xx"):
        assert _("No items yet") == "No items yet"


def test_a_count_chooses_its_form():
    assert [ngettext("{count} item", "{count} items", count).format(count=count) for count in (1, 2)] == [
        "1 item",
        "2 items",
    ]


def test_a_language_ends_with_its_block():
    before = current_language()
    with speaking("de"):
        assert current_language() == "de"
    assert current_language() == before
