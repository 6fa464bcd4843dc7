"""What the columns in memory hold, as plain SQL says it."""

from hitl.store.columns import NO_CLASS, ROUTES, Flag, read_columns
from hitl.store.connection import fetch_all


def facts_of_columns(db, version_id):
    """Item id → everything that the columns say of it, from the columns."""
    columns = read_columns(db, [version_id])
    items, answers = columns.items, columns.answers_of(version_id)
    return {
        int(items.item_id[place]): (
            int(items.group_id[place]),
            int(items.label_id[place]),
            ROUTES[items.route[place]].value,
            tuple(bool(items.flags[place] & flag) for flag in Flag),
            bool(items.is_first_of_group[place]),
            *_answer(answers, place),
        )
        for place in range(len(items))
    }


def _answer(answers, place):
    if answers.class_id[place] == NO_CLASS:
        return (None, None, None, None)
    return (
        int(answers.class_id[place]),
        float(answers.confidence[place]),
        float(answers.accept_score[place]),
        float(answers.novelty[place]),
    )


def facts_of_tables(db, version_id):
    """Item id → the same from the tables."""
    rows = fetch_all(
        db,
        """
        SELECT state.*, queue.route AS queue_route, test_groups.source, prediction.class_id, prediction.confidence,
            prediction.accept_score, prediction.novelty,
            state.item_id = (SELECT min(item_id) FROM item_state WHERE group_id = state.group_id) AS is_first
        FROM item_state AS state
        LEFT JOIN queue ON queue.group_id = state.group_id
        LEFT JOIN test_groups ON test_groups.group_id = state.group_id
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = ?
        """,
        (version_id,),
    )
    return {
        row["item_id"]: (
            row["group_id"],
            row["resolved_class_id"] or NO_CLASS,
            row["route"],
            (
                bool(row["cannot_tell"]),
                row["review_count"] > 0,
                row["release_id"] is not None,
                row["queue_route"] is not None,
                row["queue_route"] == "audit",
                row["source"] is not None,
                row["source"] == "draw",
                row["queue_route"] == "second_look",
            ),
            bool(row["is_first"]),
            row["class_id"],
            row["confidence"],
            row["accept_score"],
            row["novelty"],
        )
        for row in rows
    }
