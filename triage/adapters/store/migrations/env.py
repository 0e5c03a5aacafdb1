"""Alembic's entry: migrations run in the transaction that triage/adapters/store/migrate.py opened."""

from alembic import context

from triage.adapters.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
