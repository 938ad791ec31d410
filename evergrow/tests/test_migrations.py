"""The migrations lead to the tables that the models describe, with which an empty database begins."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

SHAPES = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length,
               numeric_precision, numeric_scale, is_identity, collation_name
        FROM information_schema.columns WHERE table_schema = %s""",
    "indexes": "SELECT tablename, replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = %s",
    "constraints": """
        SELECT conrelid::regclass::text, contype,
               replace(pg_get_constraintdef(oid), connamespace::regnamespace || '.', '')
        FROM pg_constraint WHERE connamespace = %s::regnamespace""",
}

# What says which migrations ran is not a model; an unused table of Django has keys of 4 or of 8 bytes; the index of
# words comes after the migrations.
OTHERS = ("django_migrations", "auth_group_permissions", "customers_search_terms")


def test_no_model_differs_from_its_migrations(settings) -> None:
    settings.MIGRATION_MODULES = {}  # pytest-django may have put them aside
    loader = MigrationLoader(None)
    wanted = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader.project_state(), wanted).changes(graph=loader.graph)
    own = {app.label for app in apps.get_app_configs() if app.name.startswith("evergrow.")}
    found = {app: [migration.operations for migration in migrations] for app, migrations in changes.items()}
    assert {app: operations for app, operations in found.items() if app in own} == {}


@pytest.fixture
def elsewhere(db: None, settings) -> Iterator[BaseDatabaseWrapper]:
    """A connection to an empty schema of the same database."""
    settings.MIGRATION_MODULES = {}
    other = connection.copy("elsewhere")
    other.settings_dict = {**other.settings_dict, "OPTIONS": {"options": "-c search_path=elsewhere"}}
    connections["elsewhere"] = other
    with other.cursor() as cursor:
        cursor.execute("CREATE SCHEMA elsewhere")
    yield other
    with other.cursor() as cursor:
        cursor.execute("DROP SCHEMA elsewhere CASCADE")
    other.close()
    del connections["elsewhere"]


@pytest.mark.postgresql
@pytest.mark.timeout(400)
def test_every_migration_one_by_one_comes_to_the_tables_of_the_models(elsewhere) -> None:
    executor = MigrationExecutor(elsewhere)
    executor.migrate(executor.loader.graph.leaf_nodes())
    for what, statement in SHAPES.items():
        shapes = []
        for schema in ("public", "elsewhere"):
            with connection.cursor() as cursor:
                cursor.execute(statement, [schema])
                shapes.append(
                    {tuple(str(each).removeprefix("elsewhere.") for each in row) for row in cursor.fetchall()}
                )
        models, migrated = shapes
        differing = {row for row in models ^ migrated if not any(other in " ".join(row) for other in OTHERS)}
        assert sorted(differing) == [], what


@pytest.mark.once
def test_an_empty_database_begins_with_its_tables_and_every_migration_noted(
    django_db_blocker, settings, tmp_path
) -> None:
    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        connections["empty"] = other = connection.copy("empty")
        other.settings_dict = {**other.settings_dict, "NAME": str(tmp_path / "empty.sqlite3")}
        call_command("migrate", database="empty", verbosity=0)
        loader = MigrationLoader(other)
        assert set(loader.applied_migrations) == set(loader.graph.nodes)
        assert {model._meta.db_table for model in apps.get_models()} <= set(other.introspection.table_names())
        other.close()
        del connections["empty"]
