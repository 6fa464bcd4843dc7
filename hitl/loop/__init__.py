"""The human-in-the-loop cycle, one stage a file; stages meet in the database."""
