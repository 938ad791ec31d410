"""What is said of messages that were refused at the door, by the code that the client heard."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "too_many_events": _("More events a second than a key may send (429); the client sends them again."),
    "body_too_large": _("The body is larger than is taken (413)."),
    "body_too_complex": _("The body holds more objects than are taken (413)."),
    "too_many_messages": _("The request holds more messages than are taken (413)."),
    "invalid_batch": _("The body of a batch holds no list of messages (400)."),
    "unavailable": _("Nothing could be written (503); the client sends it again."),
    "internal": _("Something went wrong here (500); the client sends it again."),
}
