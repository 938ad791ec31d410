"""Files that hang on records: their content once by its hash, and where it is used under which name."""

from pathlib import Path

from django.conf import settings
from django.db import models

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.visits import Visit
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

FOLDER = "attachments"


class StoredFile(models.Model):
    """A content, kept once in a workspace. ``place`` is its name on disk, of this row alone; ``media`` its type as
    found in the content; ``size`` in bytes."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=120, unique=True)
    media = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="stored_file_once")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> Path:
        return Path(settings.DATA) / FOLDER / self.place


class Attachment(models.Model):
    """A file under a name, on one thing: a ``visit``, a ``mail`` to be sorted, or a thing of another room.

    ``account`` is whose record it hangs on. It is read by whoever may read that; see ``attachments.hosts``.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="uses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    mail = models.ForeignKey("customers.Mail", on_delete=models.CASCADE, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "file", "name"], name="attachment_once_on_a_visit")]
        indexes = [models.Index(fields=["workspace", "-added_at"], name="attachments_by_time")]

    def __str__(self) -> str:
        return self.name
