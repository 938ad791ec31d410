from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.workspaces.models import Job, JobState, Member, Workspace


class ImportState(models.TextChoices):
    DRAFT = "draft", _("Columns to check")
    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped by an error")
    CANCELLED = "cancelled", _("Cancelled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class Import(models.Model):
    """A file on its way in: what it holds, how its columns are read, and how far it came.

    ``layout`` says how the file is read (``Layout`` of intake.files), ``mapping`` what its columns mean
    (``Mapping`` of intake.columns). ``rows_done``, ``chunks_done`` and ``rejected_bytes`` are the checkpoint: they are
    written in the same transaction as the rows of a chunk, so that a killed run goes on where it stood.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(_("kind"), max_length=20)
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(_("size"))
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)

    rows_total = models.BigIntegerField(default=0)
    rows_done = models.BigIntegerField(default=0)
    chunks_done = models.PositiveIntegerField(default=0)
    rejected_bytes = models.BigIntegerField(default=0)
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("updated"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    bad = models.BigIntegerField(_("bad rows"), default=0)
    error = models.JSONField(default=dict, blank=True)

    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="imports_by_time")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def folder(self) -> Path:
        return Path(settings.DATA) / "imports"

    @property
    def path(self) -> Path:
        """Where the uploaded file is kept."""
        suffixes = "".join(Path(self.file_name).suffixes[-2:]).lower()
        return self.folder / f"{self.pk}{suffixes if len(suffixes) < 12 else ''}"

    @property
    def rejected_path(self) -> Path:
        """The bad rows, each with its reason."""
        return self.folder / f"{self.pk}.rejected.csv"

    @property
    def is_open(self) -> bool:
        return self.state in {ImportState.READY, ImportState.RUNNING, ImportState.UNDOING} and not self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """An undo that was given up half-way; starting it again goes on where it stood."""
        if self.state != ImportState.UNDOING:
            return False
        return self.job is None or self.job.state in {JobState.FAILED, JobState.CANCELLED}

    @property
    def can_be_undone(self) -> bool:
        able = {ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED}
        return (self.state in able or self.is_stuck) and self.started_at is not None

    @property
    def seconds(self) -> float | None:
        """How long the run took, or has taken so far."""
        if self.started_at is None:
            return None
        return ((self.finished_at or clock.now()) - self.started_at).total_seconds()


class ImportChange(models.Model):
    """What an import did to a row that no ``import_id`` marks: enough to take it back.

    ``before`` and ``after`` hold the fields that changed; ``before`` is null where the import created the row.
    """

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    after: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["source", "model"], name="changes_of_import")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
