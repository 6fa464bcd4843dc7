"""SQLite: the only SQL of the product, one module a table family."""
