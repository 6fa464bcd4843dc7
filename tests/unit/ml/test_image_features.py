"""hitl.ml.image_features: edges by hand, limits and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.ml.image_features import (
    BINS,
    BLOCK,
    COLOUR_COUNT,
    EDGE_COUNT,
    FEATURE_COUNT,
    GREY_COUNT,
    SIDE,
    describe_images,
)


def described(pixels):
    return describe_images(pixels[None])[0]


def random_pixels(seed):
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def directions(features):
    """Votes by direction, summed over blocks and cells."""
    return features[:EDGE_COUNT].reshape(-1, BINS, BLOCK, BLOCK).sum(axis=(0, 2, 3))


def step(axis):
    """Black, then white, along an axis: one edge."""
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    np.moveaxis(pixels, axis, 0)[SIDE // 2 :] = 255
    return pixels


def test_the_parts_make_the_whole():
    assert FEATURE_COUNT == EDGE_COUNT + GREY_COUNT + COLOUR_COUNT == 288 + 64 + 32
    assert describe_images(np.zeros((0, SIDE, SIDE, 3), dtype=np.uint8)).shape == (0, FEATURE_COUNT)


@pytest.mark.parametrize(("axis", "bin_number"), [(1, 0), (0, BINS // 2)])
def test_an_edge_votes_for_its_own_direction_alone(axis, bin_number):
    """By hand: the difference across a step is (1, 0) or (0, 1), at 0 or at half of the half circle."""
    votes = directions(described(step(axis)))
    assert np.flatnonzero(votes > 1e-6).tolist() == [bin_number]


def test_a_slanted_edge_shares_its_vote_between_neighbours():
    """By hand: a slope of 11.25 degrees lies half way between the first direction and the second."""
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    ramp = across * np.cos(np.pi / 16) + down * np.sin(np.pi / 16)
    pixels = np.repeat((ramp * 4)[..., None], 3, axis=2)
    votes = directions(describe_images(pixels[None])[0])
    assert votes[0] == pytest.approx(votes[1], rel=0.15)


def test_black_on_white_and_white_on_black_have_the_same_edges():
    pixels = random_pixels(1)
    assert np.allclose(described(pixels)[:EDGE_COUNT], described(255 - pixels)[:EDGE_COUNT], atol=1e-5)


def test_an_edge_of_little_contrast_is_nearly_as_strong_as_one_of_much():
    strong = step(1)
    weak = (strong // 3 + 60).astype(np.uint8)
    assert described(weak)[:EDGE_COUNT].sum() > 0.85 * described(strong)[:EDGE_COUNT].sum()


def test_flat_ground_has_no_edges_but_its_grey():
    features = described(np.full((SIDE, SIDE, 3), 255, dtype=np.uint8))
    assert not features[:EDGE_COUNT].any()
    assert np.allclose(features[EDGE_COUNT : EDGE_COUNT + GREY_COUNT], 0.5)
    assert np.allclose(features[-COLOUR_COUNT:], 0.0, atol=1e-6)


def test_red_and_green_of_one_grey_differ_in_colour():
    red, green = (np.zeros((SIDE, SIDE, 3), dtype=np.uint8) for _ in range(2))
    red[..., 0], green[..., 1] = 200, 102
    assert np.allclose(described(red)[EDGE_COUNT:-COLOUR_COUNT], described(green)[EDGE_COUNT:-COLOUR_COUNT], atol=0.01)
    assert np.abs(described(red)[-COLOUR_COUNT:] - described(green)[-COLOUR_COUNT:]).max() > 0.5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_features_lie_between_minus_one_and_one_and_rows_do_not_touch_each_other(seed):
    pixels = np.stack([random_pixels(seed), random_pixels(seed + 1)])
    both = describe_images(pixels)
    assert np.isfinite(both).all()
    assert np.abs(both).max() <= 1.0
    assert np.array_equal(both[1], described(pixels[1]))
