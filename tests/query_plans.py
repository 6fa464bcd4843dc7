"""Which statements read a whole table that grows with a project, as SQLite itself says how it will run them."""

import re

GROWING = {  # not assignments: only open leases are asked for, by an index of those alone
    "bulk_act_groups",
    "bulk_plans",
    "draws",
    "events",
    "groups",
    "item_changes",
    "item_state",
    "items",
    "predictions",
    "queue",
    "release_ends",
    "releases",
    "second_looks",
    "test_groups",
}
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+AS)?\s+(\w+)", re.IGNORECASE)
_VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}


def scans(db, work):
    """The statements that ``work`` ran which read a whole growing table; one with a LIMIT stops early."""
    ran = []
    db.conn.set_trace_callback(ran.append)
    work()
    db.conn.set_trace_callback(None)
    return whole_reads(db, ran)


def whole_reads(db, ran):
    """Those of the traced statements that read a whole growing table."""
    asked = [sql for sql in dict.fromkeys(ran) if sql.split()[0].upper() in _VERBS]
    assert asked
    return [sql for sql in asked if "LIMIT" not in sql and scanned(db, sql) & GROWING]


def scanned(db, sql):
    """The tables that a statement reads from end to end, by their own names."""
    own_name = {alias: table for table, alias in _NAMED.findall(sql)}
    steps = [row[3].split() for row in db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return {own_name.get(step[1], step[1]) for step in steps if step[0] == "SCAN"}
