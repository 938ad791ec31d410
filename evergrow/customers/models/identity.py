"""What was ever said about who is who. People are computed from these rows, so the order of arrival does not matter."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class IdentityFact(models.Model):
    """Two ids came together. Of many such messages the earliest counts; ``at`` is its time in milliseconds.

    - LINK: an anonymous id (``left``) with a user id (``right``). ``day`` 0 holds the first time by any message, each
      other day since 1970 (UTC) the first sign-in of that day, so that a shared device can change hands and back.
    - SAME: two anonymous ids that an alias joined, in the order of their text.
    - CLAIM: somebody (``user:…`` or ``anonymous:…``) said that an id (``email:…``) is theirs.

    ``is_refused`` is set when a colleague splits what the fact joined.
    """

    class What(models.TextChoices):
        LINK = "link"
        SAME = "same"
        CLAIM = "claim"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=5, choices=What.choices)
    left = models.CharField(max_length=320)
    right = models.CharField(max_length=320)
    day = models.PositiveIntegerField(default=0)
    at = models.BigIntegerField()
    is_refused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "what", "left", "right", "day"], name="identity_fact_once")
        ]
        indexes = [models.Index(fields=["workspace", "what", "right"], name="identity_facts_by_right")]

    def __str__(self) -> str:
        return f"{self.what} {self.left} {self.right}"


class IdentifierKind(models.Model):
    """How a workspace treats one kind of id; kinds without a row are treated as ``identity.kinds`` says."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=30)
    name = models.CharField(_("name"), max_length=80, blank=True)
    trait = models.CharField(_("trait"), max_length=80, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=50)
    most = models.PositiveSmallIntegerField(_("most values of a person"), default=5)
    joins = models.BooleanField(_("joins people"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="identifier_kind_once")]

    def __str__(self) -> str:
        return self.key


class RefusedId(models.Model):
    """An id that stands for nobody in this workspace, besides those that stand for nobody anywhere."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=200)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "value"], name="refused_id_once")]

    def __str__(self) -> str:
        return self.value


class IdentityConflict(models.Model):
    """An id pointed at two people whom a message must not join; a colleague decides.

    ``other`` is who holds the id; over a limit, where nobody need hold it, the person again.
    """

    class Why(models.TextChoices):
        CLAIM = "claim", _("two people claim it")
        LIMIT = "limit", _("over the limit of its kind")
        ALIAS = "alias", _("an alias between two users")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MERGED = "merged", _("Merged")
        DISMISSED = "dismissed", _("Dismissed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=5, choices=Why.choices)
    kind = models.CharField(max_length=30)
    value = models.CharField(max_length=255)
    person = models.ForeignKey("customers.Person", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("customers.Person", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "why", "kind", "value", "person", "other"],
                name="identity_conflict_once",
            )
        ]
        indexes = [models.Index(fields=["workspace", "state", "-at"], name="identity_conflicts_by_state")]

    def __str__(self) -> str:
        return f"{self.why} {self.kind}:{self.value}"


class Reattribution(models.Model):
    """Stored events of an id that belong to somebody else since a message came late; gone when they were rewritten.

    ``days`` are those whose rollups are to be built again, written down before the first event moves.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    value = models.CharField(max_length=255)
    days = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "value"], name="reattribution_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
