"""Engines: the same compiled catalogue answered by DuckDB, by Spark or by a PostgreSQL server."""
