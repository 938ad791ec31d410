"""What can keep a step from going by itself, each by its code and with a sentence that says what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.success.models import ContactReason

SENTENCES = {
    "choose": _("None of the rules fits. Choose the way by hand."),
    "condition": _("The condition can no longer be read: %(what)s Decide yourself whether the step is taken."),
    "no_date": _("It counts from a date that the account does not have. Enter the date, or set the day by hand."),
    "no_contact": _("Nobody with an email address has the role that it is for. Add one to the account and try again."),
    "no_mail_server": _("No mail server is set up, so nothing is sent. Write to the contact yourself, or try again."),
    "template": _("The message was not sent. %(what)s Mend the template, or write to the contact yourself."),
    "no_words": _("The message has no words in the contact's language. Write to the contact yourself."),
    "no_consent": _("The contact did not agree to be written to for this purpose."),
    "budget": _("The contact was not written to: %(what)s"),
    "account_gone": _("The account was deleted, so nothing is sent to it any more."),
    "failed": _("It could not be delivered: %(what)s Try again, or settle the step by hand."),
    "unknown": _("It is not known whether it arrived. Ask, then say that it did, or send it again."),
    "no_playbook": _("The playbook “%(what)s” is not there or has no published version."),
    "not_started": _("The other playbook was not started: %(what)s"),
    "too_deep": _("Playbooks have started one another %(what)s times by now. Start this one by hand if it is needed."),
    "sub_run_ended": _("The run that it waited for ended before its time. Settle the step by hand, or start it again."),
    "nobody": _("Nobody has this step, so nobody can be told. Give it to a colleague and try again."),
}
BY_HAND = "choose"


def sentence(problem: Mapping[str, Any]) -> str:
    """What keeps a step, in the reader's language; empty when nothing does."""
    if not problem:
        return ""
    words, what = str(SENTENCES.get(problem["code"], problem["code"])), problem.get("what", "")
    if problem["code"] == "budget" and what in ContactReason.values:
        what = _("%(reason)s.") % {"reason": ContactReason(what).label}
    return words % {"what": what}
