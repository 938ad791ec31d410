"""How the pieces of a lifecycle are said: its states and what they mean."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.insight.lifecycle.question import State
from evergrow.insight.presence.words import amount as amount
from evergrow.insight.presence.words import axis_words as axis_words
from evergrow.insight.presence.words import bucket_words as bucket_words
from evergrow.insight.presence.words import condition as condition
from evergrow.insight.presence.words import short_words as short_words
from evergrow.insight.presence.words import span as span

Words = str | Promise

STATES: dict[State, Words] = {
    State.NEW: pgettext_lazy("lifecycle state", "New"),
    State.RETURNING: pgettext_lazy("lifecycle state", "Returning"),
    State.RESURRECTING: pgettext_lazy("lifecycle state", "Resurrecting"),
    State.DORMANT: pgettext_lazy("lifecycle state", "Dormant"),
}
MEANINGS: dict[State, Words] = {
    State.NEW: _("Here for the first time ever."),
    State.RETURNING: _("Here, and in the period before as well."),
    State.RESURRECTING: _("Here again, after at least one period away."),
    State.DORMANT: _("Here in the period before, and not in this one. Times and days are those of the period before."),
}
