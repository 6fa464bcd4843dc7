"""The two sequences that migrations register with, in the order of their numbers."""

from sqlite_utils import Migrations

PROJECT_MIGRATIONS = Migrations("tandem_project")
TANDEM_MIGRATIONS = Migrations("tandem")
