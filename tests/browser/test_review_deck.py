"""The review desk in a real browser: keys, clicks, undo, comments, two people, hostile text, narrow screens."""

from collections import Counter
from contextlib import closing
from uuid import uuid4

import pytest

from hitl.store.connection import open_project
from hitl.store.explanations import add_explanations
from hitl.store.projects import active_classes
from tests.browser.review_desk import (
    CARD,
    answers,
    ask_as_the_other,
    open_desk,
    press_and_wait,
    read_events,
    shown_item,
    start_desk,
    wait_for,
    wait_until_saved,
)
from tests.browser.two_people import COOKIE
from tests.doubted_labels import SURELY_WRONG, doubt
from tests.small_project import SmallProject

KEY_GAP_MS = 40
QUICK_KEYS = 40
SEVEN = ("delivery", "billing", "refund", "defect", "account", "question", "order change")
MANY = (*SEVEN, "card_lost", "card_stolen", "transfer_failed", "top_up_failed", "exchange rate")
MODEL = (2, 0.58)
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> <b>bold</b>",
    "</script><script>document.title='owned'</script>",
    "\u202eright to left override\u202c and عربي نص هنا",
    "long " * 1_999 + "long!",
    "{{7*7}} ${7*7} `code` [link](javascript:alert(1))",
)
MARKUP = "👍 <img src=x onerror=\"document.title='owned'\"> <b>bold</b>"
EXCHANGE = "**/api/v1/review/**"
HELD_ITEMS = "[...window[Symbol.for('tandem.desks')].values()][0].cards.map((card) => card.item_id)"
RECORD_PRESSES = """
window.pressed = [];
addEventListener("keydown", (event) => {
  let root = document, card = null;
  for (const { shadowRoot: inner } of document.querySelectorAll("*")) if (inner?.querySelector(".deck")) root = inner;
  card = root.querySelector(".deck .card");
  window.pressed.push([event.key, Number(card?.dataset.itemId), card ? !card.hidden : false]);
}, { capture: true });
window.timings = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") window.timings.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server over all the projects of this module."""
    folder = tmp_path_factory.mktemp("desk")
    build_projects(folder / "data")
    server = start_desk(folder)
    yield server
    server.close()


def build_projects(data_dir):
    for slug in ("keys", "undo", "race", "people", "late", "look"):
        project(data_dir, slug, rows=30).answer_with(dict.fromkeys(range(1, 31), MODEL))
    project(data_dir, "quick", rows=150).answer_with(dict.fromkeys(range(1, 151), MODEL))
    project(data_dir, "many", rows=12, class_names=MANY).answer_with(dict.fromkeys(range(1, 13), MODEL))
    project(data_dir, "blind", rows=12, audit_rate=1.0).answer_with(dict.fromkeys(range(1, 13), (2, 0.97)))
    project(data_dir, "skips", rows=7)
    doubted = SmallProject(data_dir, slug="doubted", rows=60, labelled=60)
    doubted.answer_with(dict.fromkeys(range(1, 61), (2, 0.97)))
    doubt(doubted, {3: (1, SURELY_WRONG)})
    hostile = SmallProject(data_dir, slug="hostile", rows=1, labelled=1, class_names=SEVEN)
    hostile.add_rows([(f"h{n}", text, "") for n, text in enumerate(HOSTILE)])
    for slug, rate in (("why", 0.0), ("why-blind", 1.0)):
        build_explained(
            SmallProject(data_dir, slug=slug, rows=0, class_names=SEVEN, audit_rate=rate), sure=0.97 * rate or 0.58
        )


def build_explained(small, *, sure):
    """A decided item and two that wait, of which is known why: markup speaks for the answer, an emoji stands before."""
    small.add_rows([("d", "<b>decided</b> before", "billing"), ("w1", MARKUP, ""), ("w2", MARKUP + "!", "")])
    small.answer_with(dict.fromkeys((1, 2, 3), (2, sure)))
    start, end = MARKUP.index("<b>"), MARKUP.index("</b>")
    words = [["text", 0, 1, -1.0], ["text", start, end, 2.0], ["text", 999, 1_005, 2.0]]
    body = {"against": 1, "words": words, "fields": [], "near": [1]}
    add_explanations(small.db, {2: body, 3: body}, version_id=1, cover_id=0, at="2026")


def project(data_dir, slug, *, rows, class_names=SEVEN, audit_rate=0.0):
    """Rows that wait, but for the first four, which came with a label."""
    return SmallProject(data_dir, slug=slug, rows=rows, class_names=class_names, audit_rate=audit_rate)


@pytest.fixture
def second_page(browser, server):
    """The browser of the second person."""
    context = browser.new_context()
    context.add_cookies([{**COOKIE, "url": server.url}])
    yield context.new_page()
    context.close()


def notice_texts(page):
    return page.locator(".deck .notice").all_inner_texts()


def test_keys_clicks_and_enter_each_store_one_answer_without_a_first_click(page, server):
    open_desk(page, server, "keys")
    by_key = press_and_wait(page, "4")
    by_click = shown_item(page)
    page.get_by_role("button", name="account").click()
    page.wait_for_selector(f"{CARD}:not([data-item-id='{by_click}'])")
    by_enter = press_and_wait(page, "Enter")
    unsure = press_and_wait(page, "x")
    page.keyboard.press("c")
    page.keyboard.type("sux 12? g")
    page.keyboard.press("Escape")
    commented = press_and_wait(page, "1")
    wait_until_saved(page)
    events = read_events(server.data_dir, "keys")
    assert [(event["kind"], event["item_id"], event["class_id"]) for event in events] == [
        ("label", by_key, 4),
        ("label", by_click, 5),
        ("label", by_enter, 2),
        ("cannot_tell", unsure, None),
        ("label", commented, 1),
    ]
    assert {(event["shown_class_id"], event["shown_confidence"]) for event in events} == {MODEL}
    assert [event["comment"] for event in events] == ["", "", "", "", "sux 12? g"]
    assert page.locator(".deck textarea").input_value() == ""
    assert page.locator(".counts").inner_text() == "5 decided today · 21 waiting"


def test_keys_work_after_coming_by_a_link_and_the_page_says_when_they_do_not(page, server):
    page.goto(f"{server.url}/?project=keys")
    page.get_by_role("link", name="Review", exact=True).click()
    page.wait_for_selector(CARD)
    before = len(read_events(server.data_dir, "keys"))
    press_and_wait(page, "4")
    wait_until_saved(page)
    assert len(read_events(server.data_dir, "keys")) == before + 1
    page.locator("[data-testid=stSidebar] input").first.focus()
    page.wait_for_selector("text=Keys are off. Click the card to use them.")
    here = shown_item(page)
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    page.locator(f"{CARD} .name").click()
    page.wait_for_selector("text=Keys are off.", state="detached")
    assert shown_item(page) == here
    press_and_wait(page, "1")


def test_undo_several_times_restores_the_earlier_cards_and_decisions(page, server):
    open_desk(page, server, "undo")
    given = [press_and_wait(page, key) for key in "123"]
    for item_id, name in zip(reversed(given), ("refund", "billing", "delivery"), strict=True):
        page.keyboard.press("u")
        page.wait_for_selector(f"{CARD}[data-item-id='{item_id}']")
        assert page.locator(".lookbar").inner_text().startswith(f"You answered {name}.")
    again = press_and_wait(page, "7")
    wait_until_saved(page)
    assert again == given[0]
    events = read_events(server.data_dir, "undo")
    assert Counter(event["kind"] for event in events) == {"label": 4, "undo": 3}
    undone = {event["target_id"] for event in events}
    standing = [
        (event["item_id"], event["class_id"])
        for event in events
        if event["kind"] == "label" and event["id"] not in undone
    ]
    assert standing == [(given[0], 7)]
    assert shown_item(page) == given[1]
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("text=You answered order change.")
    assert shown_item(page) == given[0]
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"{CARD}[data-item-id='{given[1]}']")
    assert len(read_events(server.data_dir, "undo")) == 7


def test_an_item_answered_again_while_its_undo_is_on_the_way_does_not_come_back(page, server):
    open_desk(page, server, "race")
    item_id = press_and_wait(page, "1")
    wait_until_saved(page)
    held = []
    page.route(EXCHANGE, lambda route: route.continue_() if len(held) == 2 else held.append(route))
    with page.expect_request(EXCHANGE):
        page.keyboard.press("u")
    assert press_and_wait(page, "7") == item_id
    with page.expect_request(EXCHANGE):  # the next, so the answer to the first is taken in
        held[0].continue_()
    assert item_id not in page.evaluate(HELD_ITEMS)
    held[1].continue_()
    wait_until_saved(page)
    assert item_id not in page.evaluate(HELD_ITEMS)
    assert answers(server.data_dir, "race") == [(item_id, 1), (item_id, 7)]
    assert page.locator(".deck .notice").count() == 0


def test_skipped_items_are_shown_again_when_asked_for(page, server):
    open_desk(page, server, "skips")
    assert "A first model needs 10 labels; there are 4. Label 6 more." in page.locator(".said").inner_text()
    skipped = [press_and_wait(page, key) for key in ("s", "ArrowRight")]
    skipped.append(shown_item(page))
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("heading", name="You skipped 3 items").wait_for()
    page.get_by_role("button", name="Show them again").click()
    page.wait_for_selector(CARD)
    returned = shown_item(page)
    assert returned in skipped
    wait_until_saved(page)
    wait_for(lambda: answer_here(page, "1"), "the card takes an answer")
    while page.locator(CARD).is_visible():
        wait_for(lambda: answer_here(page, "1"), "the card takes an answer")
    page.get_by_role("heading", name="Everything here is settled").wait_for()
    assert "there are 7. Label 3 more" in page.locator(".deck .empty").inner_text()
    assert page.get_by_role("link", name="Import items").get_attribute("href") == "import?project=skips"
    assert Counter(event["kind"] for event in read_events(server.data_dir, "skips")) == {
        "skip": 3,
        "undo": 3,
        "label": 3,
    }


def answer_here(page, key):
    """Whether a press was taken; a card that came by itself takes none for a moment."""
    before = shown_item(page)
    page.keyboard.press(key)
    return not page.locator(CARD).is_visible() or shown_item(page) != before


def test_forty_keys_in_quick_succession_all_arrive_on_the_items_they_were_pressed_on(page, server):
    page.add_init_script(RECORD_PRESSES)
    open_desk(page, server, "quick")
    wait_until_saved(page)
    for number in range(QUICK_KEYS):
        page.keyboard.press(str(number % 7 + 1))
        page.wait_for_timeout(KEY_GAP_MS)
    wait_until_saved(page)
    pressed = page.evaluate("window.pressed")
    assert len(pressed) == QUICK_KEYS
    assert all(visible for _, _, visible in pressed), "a key found no card"
    assert answers(server.data_dir, "quick") == [(item_id, int(key)) for key, item_id, _ in pressed]
    assert len({item_id for _, item_id, _ in pressed}) == QUICK_KEYS
    timings = page.evaluate("window.timings")
    print(
        f"key to next paint of {QUICK_KEYS} keys: {len(timings)} of 16 ms or more, longest {max(timings, default=0)} ms"
    )


def test_above_nine_classes_a_typed_name_finds_the_class(page, server):
    open_desk(page, server, "many")
    assert page.locator(".deck .class").count() == 2  # the model's answer and its second
    first = shown_item(page)
    page.keyboard.type("stol")
    page.wait_for_selector(".finder li")
    assert page.locator(".finder li .label").all_inner_texts() == ["card_stolen"]
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{CARD}:not([data-item-id='{first}'])")
    second = shown_item(page)
    page.keyboard.type("rate")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("failed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{CARD}:not([data-item-id='{second}'])")
    third = press_and_wait(page, "Enter")
    wait_until_saved(page)
    names = class_names(server.data_dir, "many")
    assert [(item_id, names[class_id]) for item_id, class_id in answers(server.data_dir, "many")] == [
        (first, "card_stolen"),
        (second, "top_up_failed"),
        (third, "billing"),
    ]


def class_names(data_dir, slug):
    db = open_project(data_dir, slug)
    with closing(db.conn):
        return {entry.id: entry.name for entry in active_classes(db)}


def test_hostile_text_is_shown_as_text(page, server):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_desk(page, server, "hostile")
    seen = []
    while page.locator(CARD).is_visible():
        seen.append(page.locator(".deck .text").evaluate("element => element.textContent"))
        assert page.locator(".deck .body img, .deck .body script, .deck .body b, .deck .body a").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".deck .class").first.is_visible()
        press_and_wait(page, "1")
    assert sorted(seen) == sorted(HOSTILE)
    assert (page.title() != "owned", dialogs) == (True, [])


def test_why_the_model_says_so_is_marked_in_the_text_and_hostile_words_stay_text(page, server):
    open_desk(page, server, "why")
    assert page.locator(".deck .text").evaluate("element => element.textContent").startswith(MARKUP)
    assert page.locator(".deck mark.for").all_text_contents() == ["<b>bold"]
    assert page.locator(".deck mark.against").all_text_contents() == ["👍"]
    assert page.locator(".why .reasons").inner_text() == "Speaks for billing: <b>bold · against it: 👍"
    assert page.locator(".why .before").inner_text() == "Decided like this before: billing"
    place = page.locator(".deck .class").first.bounding_box()
    assert not page.locator(".alike").is_visible()
    page.keyboard.press(".")
    assert page.locator(".alike li").all_inner_texts() == ["<b>decided</b> before\nbilling imported label"]
    assert page.locator(".deck .class").first.bounding_box() == place
    assert page.locator(".why img, .why script, .why .excerpt b, .deck .body b").count() == 0
    press_and_wait(page, "2")
    assert page.locator(".alike").is_visible()
    assert page.title() != "owned"


def test_of_a_blind_item_nothing_of_why_is_sent(page, server):
    replies = []
    page.on("response", lambda reply: "/api/v1/review/" in reply.url and replies.append(reply))
    open_desk(page, server, "why-blind")
    assert page.locator(".deck mark, .why bdi, .alike li").count() == 0
    cards = [card for reply in replies for card in reply.json()["deck"]]
    assert {(card["blind"], card["why"]) for card in cards} == {(True, None)}


def test_two_people_never_get_the_same_item(page, second_page, server):
    open_desk(page, server, "people")
    open_desk(second_page, server, "people")
    mine, theirs = [], []
    for key in "1234567":
        mine.append(press_and_wait(page, key))
        theirs.append(press_and_wait(second_page, key))
    wait_until_saved(page)
    wait_until_saved(second_page)
    assert set(mine).isdisjoint(theirs)
    events = read_events(server.data_dir, "people")
    assert {actor: sorted(e["item_id"] for e in events if e["actor_id"] == actor) for actor in (1, 7)} == {
        1: sorted(mine),
        7: sorted(theirs),
    }
    assert not any(event["surplus"] for event in events)
    while second_page.locator(CARD).is_visible():
        press_and_wait(second_page, "2")
    second_page.get_by_role("heading", name="Others are at work on the rest").wait_for()


def test_an_answer_after_the_time_ran_out_is_kept_as_surplus_and_said(page, server):
    open_desk(page, server, "late")
    wait_until_saved(page)
    late = shown_item(page)
    db = open_project(server.data_dir, "late")
    with closing(db.conn):
        db.execute("UPDATE assignments SET expires_at = '2026-01-01T00:00:00.000000Z'")
        db.conn.commit()
    card = ask_as_the_other(server, "late", want=1)["deck"][0]
    assert card["item_id"] == late
    place = {name: card[name] for name in ("item_id", "assignment_id")}
    ask_as_the_other(server, "late", ops=[{"request_id": str(uuid4()), "kind": "label", "class_id": 1, **place}])
    press_and_wait(page, "2")
    page.wait_for_selector(".deck .notice.surplus")
    assert "Somebody had answered already: billing" in notice_texts(page)[0]
    assert "your answer is kept as a second opinion" in notice_texts(page)[0]
    events = [event for event in read_events(server.data_dir, "late") if event["item_id"] == late]
    assert [(event["actor_id"], event["surplus"]) for event in events] == [(7, 0), (1, 1)]
    page.get_by_role("button", name="Dismiss").first.click()
    page.wait_for_selector(".deck .notice.surplus", state="detached")


def test_a_label_that_a_version_doubts_is_shown_with_its_reason_and_without_the_models_answer(page, server):
    open_desk(page, server, "doubted")
    assert shown_item(page) == 3
    said = page.locator(".deck").inner_text()
    assert "Second look" in said
    assert "“yes” came with the data. The model finds it unlike other “yes”" in said
    assert "The model's answer is hidden, so that you look afresh." in said
    assert "97" not in said
    press_and_wait(page, "2")
    wait_until_saved(page)
    [event] = read_events(server.data_dir, "doubted")
    assert (event["item_id"], event["class_id"], event["blind"], event["shown_class_id"]) == (3, 2, 1, None)


def test_a_blind_item_shows_no_answer_of_the_model(page, server):
    open_desk(page, server, "blind")
    assert page.locator(".said").inner_text() == "The model's answer is hidden: this item checks the model."
    assert page.locator(".deck .badges").inner_text() == "Blind check"
    assert page.locator(".deck .bar, .deck .guess, .deck .class.predicted, .deck .class.runner").count() == 0
    here = shown_item(page)
    page.keyboard.press("Enter")
    assert shown_item(page) == here
    press_and_wait(page, "2")
    wait_until_saved(page)
    event = read_events(server.data_dir, "blind")[0]
    assert (event["item_id"], event["class_id"], event["blind"], event["shown_class_id"]) == (here, 2, 1, None)


def test_on_a_phone_the_card_comes_first_and_every_button_is_in_reach(browser, server):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_desk(page, server, "look")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(CARD).bounding_box()["y"] < 200
    boxes = [button.bounding_box() for button in page.locator(f"{CARD} button:visible").all()]
    assert len(boxes) == 7 + 2 + 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844 for box in boxes)
    assert min(box["height"] for box in boxes) >= 40
    here = shown_item(page)
    page.get_by_role("button", name="defect").tap()
    page.wait_for_selector(f"{CARD}:not([data-item-id='{here}'])")
    wait_until_saved(page)
    assert answers(server.data_dir, "look") == [(here, 4)]
    assert paper_of(page) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    wait_for(lambda: paper_of(page) == "rgb(17, 20, 27)", "the card follows the dark theme")
    context.close()


def paper_of(page):
    return page.locator(CARD).evaluate("element => getComputedStyle(element).backgroundColor")
