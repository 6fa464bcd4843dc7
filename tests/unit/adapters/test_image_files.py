"""hitl.adapters.image_files: what is kept of an image, and what is never decoded."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from hitl.adapters.image_files import (
    LONGEST_SIDE,
    PIXEL_SIDE,
    SMALL_SIDE,
    UnfitImage,
    make_picture,
    read_pixels,
)
from tests.image_zip import bars, encoded, forged_png

RED_LEFT = Image.fromarray(np.array([[[200, 0, 0], [0, 0, 200]]] * 2, dtype=np.uint8).repeat(20, 0).repeat(20, 1))


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("PNG", "png"), ("GIF", "png"), ("BMP", "png"), ("TIFF", "png"), ("JPEG", "jpg"), ("WEBP", "webp")],
)
def test_every_format_is_kept_in_one_that_browsers_show(kind, kept):
    picture = make_picture(encoded(RED_LEFT, kind))
    assert picture.kind == kept
    assert opened(picture.data).format == {"jpg": "JPEG"}.get(kept, kept.upper())
    assert opened(picture.data).size == (40, 40)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_what_loses_nothing_keeps_every_pixel(kind):
    image = RED_LEFT.quantize(4) if kind == "GIF" else RED_LEFT
    kept = opened(make_picture(encoded(image, kind)).data).convert("RGB")
    assert np.array_equal(np.asarray(kept), np.asarray(image.convert("RGB")))


def secret_exif(orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "a secret place"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_time_place_and_words_in_the_file_are_gone(kind, orientation):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"comment": b"a secret word"} if kind == "JPEG" else {}
    data = encoded(RED_LEFT, kind, exif=secret_exif(orientation), icc_profile=profile, **more)
    kept = opened(make_picture(data).data)
    assert not dict(kept.getexif())
    assert b"secret" not in make_picture(data).data
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(kept.info)


def test_a_text_inside_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    info = PngInfo()
    info.add_text("Author", "a secret name")
    assert b"secret" not in make_picture(encoded(RED_LEFT, "PNG", pnginfo=info)).data


def test_what_is_appended_to_the_file_is_gone():
    assert b"<script>" not in make_picture(encoded(RED_LEFT) + b"<script>alert(1)</script>").data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_on_its_side_is_turned_upright(kind):
    """Orientation 6: the camera was turned, the top is on the right of the stored pixels."""
    wide = RED_LEFT.resize((60, 20))
    kept = opened(make_picture(encoded(wide, kind, exif=secret_exif(6))).data).convert("RGB")
    assert kept.size == (20, 60)
    top, bottom = kept.getpixel((10, 5)), kept.getpixel((10, 55))
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


def test_a_jpeg_is_kept_without_another_loss():
    """Its own quantisation is kept: what changes is rounding, far less than the file had lost before."""
    across, down = np.meshgrid(np.arange(96), np.arange(96))
    original = np.stack([90 + 60 * np.sin(across / 5), 120 + 70 * np.cos(down / 7), across + down], axis=-1)
    data = encoded(Image.fromarray(original.astype(np.uint8)), "JPEG", quality=60)
    before, after = (np.asarray(opened(one), dtype=float) for one in (data, make_picture(data).data))
    assert np.abs(before - after).mean() < 0.1 * np.abs(before - original).mean()


def test_the_first_frame_of_a_moving_image_is_kept():
    frames = [Image.new("P", (20, 20), colour) for colour in (3, 9)]
    frames[0].putpalette(range(256)), frames[1].putpalette(range(256))
    picture = make_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(opened(picture.data), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_pixel_is_kept_in_one_that_browsers_show(mode):
    image = RED_LEFT.convert("L").convert("I;16") if mode == "I;16" else RED_LEFT.convert(mode)
    kind = "TIFF" if mode in {"CMYK", "I;16", "I", "F"} else "PNG"
    assert opened(make_picture(encoded(image, kind)).data).mode in {"L", "RGB", "RGBA", "1", "P"}


def test_greys_of_sixteen_bits_use_the_whole_range():
    deep = Image.fromarray(np.linspace(1_000, 3_000, 400, dtype=np.uint16).reshape(20, 20))
    kept = np.asarray(opened(make_picture(encoded(deep, "TIFF")).data))
    assert (kept.min(), kept.max()) == (0, 255)


def test_a_large_image_gets_a_thumbnail_and_a_small_one_none():
    large = make_picture(encoded(RED_LEFT.resize((900, 300)), "JPEG"))
    assert opened(large.small).size == (SMALL_SIDE, round(SMALL_SIDE / 3))
    assert make_picture(encoded(RED_LEFT)).small is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"this is a text", "no image that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"%PDF-1.4", "no image that can be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "no image that can be read"),
        (b"GIF89a" + b"\xff" * 50, "no image that can be read"),
        (b"II*\0" + b"\xff" * 64, "no image that can be read"),
    ],
)
def test_what_is_no_image_is_refused_with_a_remedy(data, sentence):
    with pytest.raises(UnfitImage, match=sentence):
        make_picture(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_file_cut_off_is_refused(kind):
    data = encoded(RED_LEFT.resize((200, 200)), kind)
    with pytest.raises(UnfitImage):
        make_picture(data[: len(data) // 2])


def test_a_name_that_lies_about_the_format_does_no_harm():
    assert make_picture(encoded(RED_LEFT, "JPEG")).kind == "jpg"


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2_000_000_000, 1), (LONGEST_SIDE + 1, 2)])
def test_a_bomb_is_refused_before_it_is_decoded(width, height, monkeypatch):
    def decoded(*_):
        raise AssertionError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoded)
    with pytest.raises(UnfitImage, match=r"pixels|no image"):
        make_picture(forged_png(width, height))


def test_formats_that_are_not_named_are_never_tried():
    """PostScript would start another program."""
    with pytest.raises(UnfitImage):
        make_picture(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")


def test_pixels_keep_the_proportions_on_a_ground_like_the_border():
    wide = Image.new("L", (64, 16), 200)
    wide.paste(0, (28, 4, 36, 12))
    pixels = read_pixels(encoded(wide))
    assert pixels.shape == (PIXEL_SIDE, PIXEL_SIDE, 3)
    assert (pixels[0] == 200).all()
    assert (pixels[-1] == 200).all()
    assert pixels[16, 16].max() < 60


def test_what_is_transparent_is_white():
    assert (read_pixels(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)))) == 255).all()


def test_pixels_of_a_damaged_file_are_refused():
    with pytest.raises(UnfitImage, match="damaged"):
        read_pixels(bars(1, upright=True)[:60])
