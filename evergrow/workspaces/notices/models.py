"""A notice to a member."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock


class Notice(models.Model):
    """Something that happened and that one member should know. ``url`` is where it leads, ``data`` what its sentence
    needs. ``by`` is the colleague who caused it; nobody where Evergrow did.

    The same ``dedupe_key`` of a kind is told to a member once for ever, so that a job may run twice.
    """

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="notices")
    member = models.ForeignKey("workspaces.Member", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=60)
    url = models.CharField(max_length=400)
    data = models.JSONField(default=dict)
    by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    dedupe_key = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "dedupe_key"],
                condition=~models.Q(dedupe_key=""),
                name="one_notice_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="notices_by_member"),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        from evergrow.workspaces.notices.kinds import sentence

        return sentence(self)

    @property
    def is_unread(self) -> bool:
        return self.read_at is None
