"""hitl.domain.images: references and nothing else are read as images."""

import pytest

from hitl.domain.images import ImageRef, is_image_hash, model_input

SHA = "ab" * 32


def test_a_reference_is_read_back():
    image = ImageRef(SHA, "webp", "a folder/naïve name.png")
    assert ImageRef.parse(image.text) == image


@pytest.mark.parametrize(
    "value", ["", "a.png", f"{SHA}.png", f"{SHA}.svg x", f"{SHA.upper()}.png x", f"{SHA}.png\nx", None, 3.0]
)
def test_anything_else_is_no_image(value):
    assert ImageRef.parse(value) is None
    assert model_input(value) == value


@pytest.mark.parametrize("text", ["..", "../" * 21 + "a", SHA[:-1], SHA + "0", SHA[:-1] + "/", SHA[:-1] + "\n"])
def test_no_path_passes_for_a_hash(text):
    assert not is_image_hash(text)
