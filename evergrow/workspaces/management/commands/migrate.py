"""``migrate``, quicker on an empty database: its tables come straight from the models, in one transaction.

That both ways lead to the same tables, ``evergrow/tests/test_migrations.py`` says.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections, router, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

PARTIAL = ("app_label", "check_unapplied", "fake", "fake_initial", "plan", "prune", "run_syncdb", "one_by_one")


class Command(Migrate):
    """Django's command; ``--one-by-one`` carries every migration out on an empty database too."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--one-by-one", action="store_true", help="carry every migration out, however long it takes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options.get(name) for name in PARTIAL):
            self._fill_if_empty(options["database"])
        super().handle(*args, **options)

    def _fill_if_empty(self, database: str) -> None:
        connection = connections[database]
        if connection.introspection.table_names():
            return
        loader = MigrationLoader(connection)
        # A table and the note that it is there come together: broken off, the next run finds an empty database again.
        with connection.schema_editor() as editor:
            for app in apps.get_app_configs():
                if app.models_module is None or app.label not in loader.migrated_apps:
                    continue
                for model in router.get_migratable_models(app, database, include_auto_created=False):
                    if model._meta.can_migrate(connection):
                        editor.create_model(model)
            recorded = MigrationRecorder(connection).Migration
            editor.create_model(recorded)
            rows = [recorded(app=app, name=name) for app, name in sorted(loader.graph.nodes)]
            with transaction.atomic(using=database):
                recorded._default_manager.using(database).bulk_create(rows)
