from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models.accounts import Account
from evergrow.lib import clock
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Workspace

LATE_IDENTIFY = "identified later"  # why messages merge people


class Person(models.Model):
    """A human on the customer's side, known or still anonymous. ``number`` is dense within the workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="people")
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    traits = models.JSONField(default=dict, blank=True)
    # Where each trait, and each field that messages teach, has its value from: {trait: [source, milliseconds]}
    origins = models.JSONField(default=dict, blank=True)
    is_anonymous = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged_from")
    first_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)

    # The places that a list prefetched for its reader; no field of the store
    places: list["Affiliation"]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="person_number")]
        indexes = [
            models.Index(fields=["workspace", "email"], name="people_by_email"),
            models.Index("workspace", Lower("email"), name="people_by_lower_email"),
            models.Index(fields=["workspace", "name"], name="people_by_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.number}"

    @cached_property
    def merged_numbers(self) -> list[int]:
        """The numbers of those who were merged into this person, in order; read once for a row in hand."""
        return _merged_numbers(self)


@prepared.rows
def _merged_numbers(person: Person) -> models.QuerySet[Person, int]:
    return Person.objects.filter(merged_into=person).order_by("number").values_list("number", flat=True)


class Identifier(models.Model):
    """One of the ids by which a person's events reach us. Besides these kinds a workspace may have its own.

    ``since`` (microseconds) is when a message said so first; None where a colleague or an import did. It ``was_given``
    where they did before a user claimed it. An anonymous id ``is_shared`` when several users signed in with it: whose
    its events are depends on their time. It ``was_late`` when stored events of it had to be rewritten.
    """

    class Kind(models.TextChoices):
        USER = "user", _("User id")
        ANONYMOUS = "anonymous", _("Anonymous id")
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")
        DEVICE = "device", _("Device id")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=30)
    value = models.CharField(max_length=255)
    since = models.BigIntegerField(null=True)
    was_given = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False)
    was_late = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    def get_kind_display(self) -> str:
        """The kind in words; one of the workspace's own goes by its key."""
        return str(dict(self.Kind.choices).get(self.kind, self.kind))


class PersonMerge(models.Model):
    """A person turned out to be another one; enough is kept to take it back. What was taken back stays on the log."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    identifiers = models.JSONField(default=list)
    traits_before = models.JSONField(default=dict)
    reason = models.CharField(max_length=80)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="person_merges_by_time")]

    def __str__(self) -> str:
        return f"#{self.merged_id} → #{self.kept_id}"

    @property
    def why(self) -> str:
        """The reason to show: what a colleague wrote, or what a message taught."""
        return gettext("signed in later") if self.reason == LATE_IDENTIFY and self.by_id is None else self.reason


class Affiliation(models.Model):
    """A person's place at an account, from a day to a day. Who comes back has a second one; one at a time is open."""

    class Influence(models.TextChoices):
        DECIDES = "decides", _("decides")
        INFLUENCES = "influences", _("influences")
        PAYS = "pays", _("pays")
        USES = "uses", _("uses")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="affiliations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    title = models.CharField(_("role here"), max_length=120, blank=True)
    influence = models.CharField(_("influence"), max_length=10, choices=Influence.choices, default=Influence.USES)
    is_key = models.BooleanField(_("key person"), default=False)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=models.Q(ended_on=None), name="affiliation_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.account}"
