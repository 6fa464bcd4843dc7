"""A chart by class has the colours that the classes have elsewhere."""

from hitl.charts import draw_histogram, pick_palette
from hitl.domain.class_looks import COLOURS, ClassLook
from hitl.loop.projects import ClassDraft, save_classes
from hitl.views.histogram import BY_CLASS, read_histogram
from tests.small_project import SmallProject


def test_classes_keep_their_colours_and_never_share_one(tmp_path):
    small = SmallProject(tmp_path, class_names=("yes", "no"))
    small.answer_with({item: (1 + item % 2, 0.6) for item in range(1, 13)})
    same = ClassLook("wine")
    drafts = [ClassDraft("yes", "yes", look=same), ClassDraft("no", "no", look=same)]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    histogram = read_histogram(small.db, split=BY_CLASS)
    colours = list(histogram.colours.values())
    assert COLOURS["wine"].hex in colours
    assert len(set(colours)) == len(colours) == 2
    assert COLOURS["wine"].hex in str(draw_histogram(histogram, pick_palette("light")).spec)


def test_a_chart_by_route_keeps_the_colours_of_routes(tmp_path):
    small = SmallProject(tmp_path)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.6)))
    assert read_histogram(small.db).colours == {}
