"""The tables are those of the newest migration, or the store does not start."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from hub.store.database import Database
from hub.store.errors import SchemaForeign, SchemaOutdated, SchemaTooNew

MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "alembic_version"
_UPGRADE: Final = "run `foyer db upgrade`"


def migrate(database: Database) -> None:
    """Bring the tables to the newest version, in one transaction; repeatable, safe for two at once.

    Raises:
        SchemaTooNew, SchemaForeign: these tables are not ours to change.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('foyer migrate'))"))
        try:
            check(connection, database.where)
        except SchemaOutdated:
            command.upgrade(config(connection), "head")


def check(connection: Connection, where: str) -> None:
    """Say whether the tables are those that this version works with.

    Raises:
        SchemaOutdated: empty, or written by an older version.
        SchemaTooNew: written by a newer version.
        SchemaForeign: somebody else's tables.
    """
    current = MigrationContext.configure(connection).get_current_revision()
    newest = newest_revision()
    if current == newest:
        return
    if current is None:
        _refuse_foreign(connection, where)
        raise SchemaOutdated(f"{where} has no tables yet: {_UPGRADE}")
    if not _known(current):
        raise SchemaTooNew(
            f"{where} was written by another, newer version (schema {current}); this one knows "
            f"schemas up to {newest}: install that version or restore an older copy"
        )
    raise SchemaOutdated(f"{where} has schema {current}, this version needs {newest}: {_UPGRADE}")


def newest_revision() -> str | None:
    """Return the name of the newest migration."""
    return _scripts().get_current_head()


def config(connection: Connection | None = None) -> Config:
    """Make Alembic's configuration; there is no ini file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _known(revision: str) -> bool:
    try:
        return _scripts().get_revision(revision) is not None
    except CommandError:
        return False


def _refuse_foreign(connection: Connection, where: str) -> None:
    found = sorted(set(inspect(connection).get_table_names()) - {VERSION_TABLE})
    if found:
        raise SchemaForeign(f"{where} holds tables that are not ours ({', '.join(found[:3])} ...)")
