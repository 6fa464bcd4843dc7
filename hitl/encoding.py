"""Which encoder reads the texts of a project, and whether it has read them all: asked before meanings are used."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlite_utils import Database

from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.registry import default_encoder, find_encoder, named_encoder
from hitl.adapters.text_embeddings import CLASS_KIND, TextEmbeddings, count_kept
from hitl.domain.class_words import are_telling, class_texts
from hitl.domain.fields import Field, Role, embedded_fields, recipes_of
from hitl.domain.records import LabelClass
from hitl.store.encoding import encoder_rule, read_encoding
from hitl.store.projects import read_project

if TYPE_CHECKING:
    from hitl.ml.class_words import ClassWords


def encoder_of(db: Database) -> Encoder:
    """The encoder that new models of the project read texts by: the one that its people chose, else the usual one.

    Raises
    ------
    NotFound
        They chose one that this Tandem does not know.
    """
    chosen = encoder_rule(db).encoder
    return default_encoder() if chosen is None else named_encoder(chosen)


def encoding_ready(db: Database, folder: Path) -> bool:
    """Whether the project has texts and wants them encoded, and those of all visible items are."""
    if not (encoder_rule(db).is_on and text_names(db)):
        return False
    encoder = encoder_of(db)
    return read_encoding(db, encoder.recipe).is_done(count_kept(folder, encoder))


def ready_embeddings(db: Database, folder: Path, fields: Sequence[Field]) -> tuple[Field, ...]:
    """The embedding fields of the text fields among these; none until all items are encoded, or where that is off."""
    return embedded_fields(fields, encoder_of(db).recipe) if encoding_ready(db, folder) else ()


def encoder_is_here(db: Database) -> bool:
    """Whether the project's encoder can read new texts now; what it read before is kept and of use without it."""
    return not encoder_of(db).lacking()


def words_of_classes(classes: Sequence[LabelClass], fields: Sequence[Field], folder: Path) -> "ClassWords | None":
    """What the words of classes mean to the encoder of the embedding fields among these.

    None where there is no such field, or a class has too few words to be told by. Kept in the project's folder like
    those of items, so that a worker need not load the encoder for them.

    Raises
    ------
    NotFound
        A field names an encoder, or a version of one, that is not here.
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    from hitl.ml.class_words import ClassWords  # noqa: PLC0415  pandas stays off the pages' start-up path

    recipes = list(recipes_of(fields))
    if len(recipes) != 1 or not are_telling(classes):
        return None
    ids = np.array([one.id for one in classes], dtype=np.int64)
    return ClassWords(ids, TextEmbeddings(folder, find_encoder(recipes[0]), CLASS_KIND).vectors(class_texts(classes)))


def text_names(db: Database) -> list[str]:
    """The names of the project's text fields, hidden ones too."""
    return [field.name for field in read_project(db).fields if field.role is Role.TEXT]
