"""Which events are news: what a model that has not seen them could learn from."""

LABEL_KINDS = "('label', 'adjudicate', 'cannot_tell', 'undo')"

NEWS = """
    surplus = 0
    AND NOT EXISTS (SELECT 1 FROM events AS target WHERE target.id = events.target_id AND target.kind = 'skip')
    AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = events.group_id)
    """
"""A skip says nothing about the label, and so neither does bringing a skipped item back, though that is an undo."""

NEWS_KINDS = f"(kind IN {LABEL_KINDS} OR kind = 'class')"
