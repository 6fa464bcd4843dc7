"""Image cards in a real browser: shown whole, enlarged by key and click, decided by key; nothing hostile runs."""

import pytest
from PIL import Image

from tests.browser.review_desk import CARD, open_desk, press_and_wait, read_events, start_desk, wait_until_saved
from tests.image_zip import ImageProject, bars, encoded, zip_of_files

TEN = tuple("9876543210")
SHOWN = "(image) => image.complete && image.naturalWidth > 0"
PICTURE = f"{CARD} .pictures img"
HOSTILE = "<img src=x onerror=\"document.title='owned'\">.png"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    digits = ImageProject(folder / "data", slug="digits", count=0, class_names=TEN)
    rows = "".join(f"i{n},{n}.png,\n" for n in range(8))
    files = {f"{n}.png": bars(n, upright=n % 2 == 0) for n in range(8)}
    digits.add_zip(zip_of_files({"t.csv": f"id,picture,label\n{rows}", **files}))
    large = encoded(Image.new("RGB", (2_400, 1_800), (20, 90, 160)), "JPEG")
    for slug, files in (("large", {"large.jpg": large}), ("hostile", {HOSTILE: bars(40, upright=True)})):
        project = ImageProject(folder / "data", slug=slug, count=0, class_names=TEN)
        (path,) = files
        quoted = path.replace('"', '""')
        project.add_zip(zip_of_files({"t.csv": f'id,picture,label\n{slug},"{quoted}",\n', **files}))
    server = start_desk(folder)
    yield server
    server.close()


def zoomed(page):
    return page.locator(".zoom:popover-open").count() == 1


def test_an_image_is_shown_enlarged_and_decided_by_the_key_of_its_class(page, server):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_desk(page, server, "digits")
    page.wait_for_function(f"(selector) => ({SHOWN})({find_in_shadow('selector')})", arg=PICTURE)
    assert page.locator(PICTURE).get_attribute("alt") == f"picture of {page.locator(f'{CARD} .name').inner_text()}"
    page.keyboard.press("z")
    assert zoomed(page)
    page.keyboard.press("z")
    assert not zoomed(page)
    page.locator(PICTURE).click()
    assert zoomed(page)
    page.keyboard.press("Escape")
    assert not zoomed(page)
    first = press_and_wait(page, "7")
    page.keyboard.press("z")
    second = press_and_wait(page, "0")
    assert not zoomed(page)
    wait_until_saved(page)
    decided = [(event["item_id"], event["class_id"]) for event in read_events(server.data_dir, "digits")]
    assert decided == [(first, TEN.index("7") + 1), (second, TEN.index("0") + 1)]
    assert errors == []


def test_class_keys_stay_in_view_and_a_large_image_is_shown_pixel_by_pixel(page, server):
    page.set_viewport_size({"width": 1024, "height": 768})
    open_desk(page, server, "large")
    page.wait_for_function(f"(selector) => ({SHOWN})({find_in_shadow('selector')})", arg=PICTURE)
    for button in page.locator(f"{CARD} .class").all():
        box = button.bounding_box()
        assert box["y"] + box["height"] < 768
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert page.locator(".zoom.actual img").bounding_box()["width"] == 2_400
    page.keyboard.press("Escape")


def test_a_hostile_name_is_inert(page, server):
    open_desk(page, server, "hostile")
    page.wait_for_function(f"(selector) => ({SHOWN})({find_in_shadow('selector')})", arg=PICTURE)
    assert page.title() != "owned"


def find_in_shadow(selector):
    """JavaScript that finds an element inside the component's root."""
    roots = "[document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)]"
    return f"{roots}.map((root) => root.querySelector({selector})).find(Boolean) ?? {{}}"
