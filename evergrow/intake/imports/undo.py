"""Taking an import back: what it created goes, what it changed returns, its events leave the store and its rollups."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Account, Invoice, Person, Subscription, Ticket, Touch
from evergrow.intake import events
from evergrow.intake.imports.seen import refresh_seen
from evergrow.intake.kinds import KINDS
from evergrow.intake.kinds.upsert import plain
from evergrow.intake.models import Import, ImportChange, ImportState
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

CREATED: tuple[type[models.Model], ...] = (Touch, Ticket, Invoice, Subscription, Person, Account)
PART = 2_000


class CannotUndo(ValueError):
    """The import never ran, is still running, or has been undone."""

    def __init__(self) -> None:
        super().__init__(_("This import cannot be undone: it never ran, is still running, or has been undone."))


@dataclass(frozen=True, slots=True)
class Plan:
    """What an undo does: rows deleted and restored by model, events removed, rows of other origin that go along."""

    deleted: dict[str, int] = field(default_factory=dict)
    restored: int = 0
    added_back: int = 0
    events: int = 0
    along: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def plan(source: Import) -> Plan:
    """What an undo of this import would do now."""
    deleted = {model.__name__: rows.count() for model in CREATED if (rows := _created(source, model)).exists()}
    changes = source.changes.all()
    return Plan(
        deleted=deleted,
        restored=changes.exclude(before=None).count(),
        added_back=changes.filter(before=None).count(),
        events=_event_count(source),
        along=_along(source),
    )


def _created(source: Import, model: type[models.Model]) -> "models.QuerySet[Any]":
    return model._base_manager.filter(workspace_id=source.workspace_id, import_id=source.pk)


def _event_count(source: Import) -> int:
    if source.kind != "events":
        return 0
    asked = {"workspace_id": source.workspace_id, "import_id": source.pk}
    return int(warehouse.rows(warehouse.statement("intake", "import_days"), **asked)[0][0])


def _along(source: Import) -> dict[str, int]:
    """Rows that others brought since and that hang on an account or person which would go."""
    found: Counter[str] = Counter()
    for model in (Account, Person):
        created = _created(source, model)
        if not created.exists():
            continue
        for relation in model._meta.related_objects:
            other = relation.related_model
            if relation.on_delete is not models.CASCADE or not isinstance(other, type) or other is Import:
                continue
            rows = other._default_manager.filter(**{f"{relation.field.name}__in": created.values("pk")})
            if any(each.name == "import_id" for each in other._meta.get_fields()):
                rows = rows.exclude(import_id=source.pk)
            if count := rows.count():
                found[str(other._meta.model_name)] += count
    return dict(found)


def start(*, source: Import, by: Member | None) -> Import:
    """Put the undo in the queue. Raises CannotUndo."""
    require(by, "manage")
    able = [ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED]
    if source.is_stuck:
        able.append(ImportState.UNDOING)
    rows = Import.objects.filter(pk=source.pk, state__in=able, started_at__isnull=False)
    if not rows.update(state=ImportState.UNDOING, undone_by=by):
        raise CannotUndo
    source.refresh_from_db()
    source.job = jobs.enqueue(
        "intake.undo", source.workspace, by=by, args={"import": source.pk}, dedupe_key=f"undo {source.pk}"
    )
    source.save(update_fields=["job"])
    audit.record(source.workspace, "import.undo_started", source, by=by)
    return source


def run(source: Import, on_progress: Callable[[int, int], None] | None = None) -> Plan:
    """Undo an import, in this process. Safe to run again after it was killed in the middle.

    ``on_progress(done, total)`` is told the records after each part; what it raises stops the undo between two parts.
    """
    done = plan(source)
    steps = Steps(sum(done.deleted.values()) + done.restored + done.added_back, on_progress)
    if source.state != ImportState.UNDOING:
        return done
    if source.kind == "events":
        refresh_seen(source, without=True)
        events.delete_import(source.workspace, source.pk)
    _restore(source, steps)
    for model in CREATED:
        _delete(source, model, steps)
    KINDS[source.kind].finish(source)
    with transaction.atomic():
        if Import.objects.filter(pk=source.pk, state=ImportState.UNDOING).update(
            state=ImportState.UNDONE, undone_at=clock.now()
        ):
            audit.record(source.workspace, "import.undone", source, by=source.undone_by, data=done.as_json())
    source.refresh_from_db()
    return done


class Steps:
    """Counts the records an undo is through with, and tells whoever listens."""

    def __init__(self, total: int, on_progress: Callable[[int, int], None] | None) -> None:
        self.done, self.total, self.on_progress = 0, total, on_progress

    def add(self, count: int) -> None:
        self.done += count
        if self.on_progress:
            self.on_progress(self.done, max(self.total, self.done))


def _delete(source: Import, model: type[models.Model], steps: Steps) -> None:
    """Delete what the import created, in parts, so that no transaction holds the store for long."""
    while keys := list(_created(source, model).values_list("pk", flat=True)[:PART]):
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).delete()
        steps.add(len(keys))


def _restore(source: Import, steps: Steps) -> None:
    """Put back what rows held before, newest change first; a field that somebody changed since stays as it is."""
    while part := list(source.changes.order_by("-pk")[:PART]):
        with transaction.atomic():
            for label in sorted({change.model for change in part}):
                _restore_rows(apps.get_model(label), [change for change in part if change.model == label])
            ImportChange.objects.filter(pk__in=[change.pk for change in part]).delete()
        steps.add(len(part))


def read_back(model: type[models.Model], name: str, kept: Any) -> Any:
    """A value as the model holds it, from how ``plain`` kept it."""
    each = model._meta.get_field(name)
    return each.to_python(kept) if kept is not None and isinstance(each, models.Field) else kept


def _restore_rows(model: type[models.Model], changes: list[ImportChange]) -> None:
    rows = model._base_manager.in_bulk([change.object_id for change in changes])
    names: set[str] = set()
    for change in changes:
        row = rows.get(change.object_id)
        if row is None or change.before is None:
            continue
        for name, before in change.before.items():
            if plain(getattr(row, name)) == change.after.get(name):
                setattr(row, name, read_back(model, name, before))
                names.add(name)
    if names:
        kept = [rows[change.object_id] for change in changes if change.object_id in rows and change.before is not None]
        model._base_manager.bulk_update(kept, sorted(names), batch_size=500)
    added = [change.object_id for change in changes if change.before is None]
    model._base_manager.filter(pk__in=added).delete()
