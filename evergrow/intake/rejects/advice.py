"""What to do about each reason, in the reader's language; ``DOOR`` is about requests that were refused as a whole."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADVICE: dict[str, Promise] = {
    "invalid_json": _(
        "Mend the client: what it sends is cut off or is no JSON. The body can be mended here and sent again."
    ),
    "empty_body": _("Mend the client: it sends requests without a body."),
    "invalid_encoding": _(
        "The client says the body is packed, but it is not, or it is cut off. Look at proxies between."
    ),
    "unknown_encoding": _("Let the client pack with gzip, deflate or br, or not at all."),
    "invalid_form": _("The form field “data” must hold JSON, or base64 of it. Look at how the client encodes it."),
    "not_an_object": _("Each message must be a JSON object. Look at how the batch is put together."),
    "unknown_type": _("Use track, identify, page, screen, group or alias as the type."),
    "no_id": _("Give the message a userId or an anonymousId; then send it again."),
    "rejected_id": _("The client sends a placeholder instead of an id. Set the id only once it is known."),
    "id_too_long": _("Use an id of at most 200 characters."),
    "no_event": _("Give the message the name of its event; then send it again."),
    "name_too_long": _("Use a short name, and put what varies into properties."),
    "no_group": _("Give the message a groupId: the account it is about."),
    "no_previous_id": _("Give the message the previousId that becomes the userId."),
    "too_many_properties": _("Send fewer properties, or put lists of them into one."),
    "both_identified": _("Two signed-in people are never joined by an alias. Join them by hand if they are one."),
    "too_deep": _("Flatten what is nested; nobody can ask for what lies so deep."),
    "unreadable": _("Look at the detail. If the message looks right, send it again after the next update."),
    "missing_field": _("Let the client send the field that the detail names."),
    "invalid_field": _("Mend the field that the detail names; then send it again."),
    "invalid_name": _("Use letters, digits and underscores, beginning with a letter."),
    "id_too_short": _("Use a longer id, or allow shorter ones where the client can say so."),
    "too_many_parameters": _("Send fewer parameters with one event."),
    "too_many_events": _("Send fewer events in one request."),
    "body_too_large": _("Send fewer events in one request."),
    "invalid_time": _("Write the time as the format says, or leave it out; then send it again."),
    "too_old": _("Send events sooner, or import what is old as a file."),
    "unproven_time": _("Send the write key as the token of the request, or leave the time out."),
    "not_followed": _("Do it here by hand if it is meant; a key that everybody can read may not."),
    "erased": _("Nothing. If the person came back by their own will, let the id in again under Privacy."),
    "message_too_large": _("Send less in one message, or raise the size in the source’s limits; then send it again."),
}
DOOR: dict[str, Promise] = {
    "body_too_large": _("Send smaller batches, or raise the size of a request in the limits of the source."),
    "source_paused": _("Resume the source; what clients drop until then is not sent again."),
    "origin_not_allowed": _("Add the page to the allowed ones of the source if it is yours."),
    "too_many_events": _(
        "Clients send again by themselves. If it goes on, raise the speed in the limits of the source."
    ),
    "quota_used_up": _("Raise the events a day in the limits of the source, or wait until midnight (UTC)."),
}
PLAN = _("Change the rule in the tracking plan, or mend the client; then send it again.")
OTHER = _("Mend the client that sends it. If the message can be mended here, send it again.")


def advice(code: str) -> str:
    """What to do about a reason."""
    return str(ADVICE.get(code) or (PLAN if code.startswith("plan_") else OTHER))
