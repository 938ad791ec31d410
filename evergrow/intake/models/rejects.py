from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.workspaces.models import Key, Member, Workspace

REASONS = {
    "invalid_json": _("The body is not JSON."),
    "empty_body": _("The body is empty."),
    "invalid_encoding": _("The body could not be unpacked."),
    "unknown_encoding": _("The body is packed in a way that is not known here."),
    "invalid_form": _("The form field holds neither JSON nor base64."),
    "not_an_object": _("A message must be a JSON object."),
    "unknown_type": _("The message's type is not track, identify, page, screen, group or alias."),
    "no_id": _("The message names nobody: it needs a userId or an anonymousId."),
    "rejected_id": _("The id stands for nobody (such as “null”, “undefined”, “guest” or “0”)."),
    "id_too_long": _("An id is longer than 200 characters."),
    "no_event": _("A track message needs the name of its event."),
    "name_too_long": _("The event's name is longer than 200 characters."),
    "no_group": _("A group message needs a groupId."),
    "no_previous_id": _("An alias message needs a previousId."),
    "unclear_merge": _("A merge joins two ids of one person, a userId and another userId or an anonymousId."),
    "too_many_properties": _("The event has more than 400 properties."),
    "both_identified": _("Both ids belong to identified people; they are not joined without asking."),
    "too_deep": _("The message is nested deeper than 250 levels."),
    "missing_field": _("A field that the format requires is missing."),
    "invalid_field": _("A field of the message cannot be read."),
    "invalid_name": _("A name of the event or of a parameter breaks the rules of its format."),
    "id_too_short": _("An id is shorter than its format allows."),
    "too_many_parameters": _("The event has more parameters than its format allows."),
    "too_many_events": _("The request holds more events than its format allows."),
    "body_too_large": _("The body is larger than its format allows."),
    "invalid_time": _("The time cannot be read."),
    "too_old": _("The event is older than its format allows."),
    "unproven_time": _("Only a request with the token may say that something happened more than a day ago."),
    "not_followed": _("The message asks for something that is not followed here, such as deleting a person."),
    "message_too_large": _("The message is larger than its source may send."),
    "unreadable": _("The message could not be read."),
    "plan_missing_property": _("A property that the tracking plan requires is missing."),
    "plan_wrong_type": _("A property has another type than the tracking plan says."),
    "plan_value_not_allowed": _("A property has a value that the tracking plan does not allow."),
    "erased": _("The person was erased here; nothing of the message was kept."),
    "plan_unplanned_event": _("The event is not in the tracking plan, and unplanned events are blocked."),
}


class RejectState(models.TextChoices):
    OPEN = "open", _("Open")
    REPLAYED = "replayed", _("Sent again")
    DISCARDED = "discarded", _("Discarded")


class Reject(models.Model):
    """A message that was refused, as it came, and why. ``segment`` and ``position`` say where it stood in the spool.

    ``envelope`` keeps what the request said about it: the endpoint (``kind``) and ``sentAt``. ``event`` is what the
    message calls itself, as far as it can be read. ``mended`` is the text that was sent again where somebody changed
    it; ``raw`` never changes. ``previous`` is the refusal that this one is a second try of. ``note`` says why it was
    discarded.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rejects")
    key = models.ForeignKey(Key, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=80, blank=True)
    segment = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    code = models.CharField(_("reason"), max_length=40)
    event = models.CharField(_("event"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    raw = models.TextField(_("message"))
    mended = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    envelope = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=10, choices=RejectState.choices, default=RejectState.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    replayed_at = models.DateTimeField(null=True, blank=True)
    replayed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "position"], name="reject_once")]
        indexes = [
            models.Index(fields=["workspace", "state", "-received_at"], name="rejects_by_time"),
            models.Index(
                fields=["workspace", "state", "code", "event", "source", "received_at"], name="rejects_by_reason"
            ),
            models.Index(fields=["received_at"], name="rejects_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        """The reason as a sentence in the reader's language."""
        return str(REASONS.get(self.code, self.code))
