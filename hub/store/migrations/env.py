"""Alembic runs this inside the transaction that the store opened."""

from alembic import context

from hub.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
