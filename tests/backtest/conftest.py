"""Databases with tables, for each test its own."""

from tests.databases import database_url, postgres, sqlite_template

__all__ = ["database_url", "postgres", "sqlite_template"]
