"""The schemas, as migrations that are never edited once landed: m… of a project's database, t… of tandem.db.

A new step is a module of its own, imported here after the ones it builds on; it imports the sequence alone.
"""

from hitl.store.migrations import (  # importing registers them, in this order
    m001_first,
    m010_import_spans,  # noqa: F401
    m010_search,  # noqa: F401
    m011_item_changes,  # noqa: F401
    m012_routing,  # noqa: F401
    m013_import_choices,  # noqa: F401
    m013_withdrawals,
    m014_item_images,  # noqa: F401
    m015_bulk_acts,
    m016_looks_and_views,
    m017_training,
    m019_bulk_plans,
    m019_skips,  # noqa: F401
    m021_unknown_confidence,  # noqa: F401
    m022_accept_scores,  # noqa: F401
    m024_audit,
    m025_show_names,
    m026_redaction,
    m027_covers,
    m028_log_by_person,  # noqa: F401
    m029_redacted_words,
    m030_encoding,
    m031_explanations,  # noqa: F401
    m032_second_looks,
    m033_asked_first,  # noqa: F401
    m035_bulk_act_guard,  # noqa: F401
    m036_encoder_choice,  # noqa: F401
    m037_withdrawal_ends,
    t001_first,  # noqa: F401
    t004_language,  # noqa: F401
    t005_people,  # noqa: F401
    t006_audit,  # noqa: F401
    t007_time_zone,  # noqa: F401
    t008_log_by_person,  # noqa: F401
)
from hitl.store.migrations.sequence import PROJECT_MIGRATIONS, TANDEM_MIGRATIONS

__all__ = ["FACT_TABLES", "PROJECT_MIGRATIONS", "TANDEM_MIGRATIONS"]

FACT_TABLES = (
    *m001_first.GUARDED_TABLES,
    *m013_withdrawals.GUARDED_TABLES,
    *m015_bulk_acts.GUARDED_TABLES,
    *m016_looks_and_views.GUARDED_TABLES,
    *m017_training.GUARDED_TABLES,
    *m019_bulk_plans.GUARDED_TABLES,
    *m024_audit.GUARDED_TABLES,
    *m025_show_names.GUARDED_TABLES,
    *m026_redaction.GUARDED_TABLES,
    *m027_covers.GUARDED_TABLES,
    *m029_redacted_words.GUARDED_TABLES,
    *m030_encoding.GUARDED_TABLES,
    *m032_second_looks.GUARDED_TABLES,
    *m037_withdrawal_ends.GUARDED_TABLES,
)
"""Tables whose rows are inserted and never changed; triggers refuse an update or a delete."""
