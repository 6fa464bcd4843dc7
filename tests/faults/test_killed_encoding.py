"""kill -9 while texts are encoded: the next worker goes on with what is kept, and no half vector is ever read."""

import numpy as np
import pytest

from hitl.adapters.encoders.universal import encode
from hitl.adapters.text_embeddings import TextEmbeddings
from hitl.encoding import encoder_of, encoding_ready

ROWS = 60
DEATHS = {
    "vectors without their keys": ("hitl.adapters.kept_vectors", "_extend", "after", 1),
    "kept and not noted": ("hitl.loop.encode", "store.note_encoded", "before", 1),
}


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_a_killed_encoding_goes_on_and_keeps_each_text_once(house, death):
    job_id = house.submit("encode")
    house.let_die(*death)
    folder = house.folder / "projects" / "small"
    with house.project_and_jobs() as (db, _tandem):
        assert not encoding_ready(db, folder)
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    with house.project_and_jobs() as (db, _tandem):
        assert encoding_ready(db, folder)
        kept = TextEmbeddings(folder, encoder_of(db))
    assert kept.kept_count == ROWS
    texts = [f"text number {n}" for n in (0, 17, 59)]
    assert np.abs(kept.vectors(texts) - encode(texts)).max() < 1e-3
    house.assert_sound()
