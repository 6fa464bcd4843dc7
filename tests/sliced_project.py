"""A small text project with a slice field, driven through the real verbs."""

from hitl.domain.fields import Field, Role
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.store.connection import open_project
from tests.small_project import SmallProject

REGIONS = ("EU", "US")
FIELDS = (
    Field("id", Role.ID),
    Field("text", Role.TEXT),
    Field("region", Role.SLICE),
    Field("label", Role.LABEL),
)


class SlicedProject(SmallProject):
    """Twelve texts whose regions take turns; the first four are labelled yes, no, yes, no."""

    def __init__(self, data_dir):
        super().__init__(data_dir, rows=0, slug="other")
        self.slug = "sliced"
        create_project(
            data_dir,
            slug=self.slug,
            name="Sliced",
            fields=FIELDS,
            class_names=("yes", "no"),
            audit_rate=0.0,
            actor=self.actor,
            now=self.now(),
        )
        self.db.conn.close()
        self.db = open_project(data_dir, self.slug)
        self.add_rows([(f"t{n}", f"Text number {n}", ("yes", "no")[n % 2] if n < 4 else "") for n in range(12)])

    def add_rows(self, rows):
        names = [field.name for field in FIELDS]
        cells = [(key, text, REGIONS[n % 2], label) for n, (key, text, label) in enumerate(rows)]
        found = [Row(n, dict(zip(names, row, strict=True))) for n, row in enumerate(cells, start=2)]
        common = {"actor": self.actor, "now": self.now()}
        import_id = stage_rows(
            self.db, rows=found, file_name="a.csv", file_sha256="0", request_id=self.request(), **common
        )
        return publish_import(self.db, import_id=import_id, **common)
