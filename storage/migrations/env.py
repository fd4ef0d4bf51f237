"""Alembic's entry: runs the migrations over the connection it is given."""

from alembic import context

import storage.access_tables  # noqa: F401 - its tables belong to the metadata too
from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
