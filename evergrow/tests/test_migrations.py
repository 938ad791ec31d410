"""The migrations lead to the tables that the models describe."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_no_model_differs_from_its_migrations(settings) -> None:
    settings.MIGRATION_MODULES = {}  # pytest-django may have put them aside
    loader = MigrationLoader(None)
    wanted = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader.project_state(), wanted).changes(graph=loader.graph)
    own = {app.label for app in apps.get_app_configs() if app.name.startswith("evergrow.")}
    found = {app: [migration.operations for migration in migrations] for app, migrations in changes.items()}
    assert {app: operations for app, operations in found.items() if app in own} == {}
