"""What can be refused in this room, each by its own name and with a sentence that says what to do."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Something that cannot be done now; ``str`` of it is a sentence for the reader, in the reader's language."""

    sentence: str | Promise = ""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence) % self.facts


class AlreadyRunning(Refused):
    sentence = _("“%(playbook)s” already runs for %(account)s. Finish or cancel that run first.")


class NotPublished(Refused):
    sentence = _("“%(playbook)s” has no published version. Publish its draft first.")


class PlaybookRetired(Refused):
    sentence = _("“%(playbook)s” is retired. Bring it back before starting it.")


class AnchorMissing(Refused):
    sentence = _("“%(playbook)s” counts from the renewal date, and %(account)s has none. Enter a date.")


class SignalOfAnother(Refused):
    sentence = _("The signal “%(signal)s” is about another account than %(account)s. Choose one of its own.")


class RunIsClosed(Refused):
    sentence = _("This run has ended already. Start the playbook again where it is needed.")


class RunIsPaused(Refused):
    sentence = _("The run is paused. Resume it before working on its steps.")


class TaskAlreadySettled(Refused):
    sentence = _("%(who)s already closed “%(task)s” (%(state)s). Nothing was changed.")


class TaskIsBlocked(Refused):
    sentence = _("“%(task)s” waits for earlier steps. Finish these first.")


class TaskNotThere(Refused):
    sentence = _("“%(task)s” is %(state)s, so this cannot be done. Reload the page to see where it stands.")


class StepIsRequired(Refused):
    sentence = _("“%(task)s” is a required step and cannot be skipped. Finish it, or cancel the run with a reason.")


class ReasonNeeded(Refused):
    sentence = _("Say why in a few words; the reason stays on the timeline.")


class EvidenceNeeded(Refused):
    sentence = _("“%(task)s” needs evidence. Write what was agreed, paste a link to it, or add a file.")


class ApprovalNeeded(Refused):
    sentence = _("“%(task)s” is an approval. Ask for it, and a manager other than you decides.")


class OwnApproval(Refused):
    sentence = _("You asked for this approval yourself, so another manager has to decide.")


class NoApprover(Refused):
    sentence = _("Nobody but you could approve “%(task)s”. Name another approver in the playbook, or invite a manager.")


class NotAnApprover(Refused):
    sentence = _("Your vote on “%(task)s” is not asked for, or you gave it already.")


class AlreadyAsked(Refused):
    sentence = _("%(who)s is asked already. Choose another colleague.")


class LinkNeeded(Refused):
    sentence = _("“%(task)s” needs a link as evidence. Paste an address that begins with https://.")


class FileNeeded(Refused):
    sentence = _("“%(task)s” needs a file as evidence. Add one on its page, then finish it.")


class ChoiceNeeded(Refused):
    sentence = _("“%(task)s” is a decision. Choose one of its ways.")


class NoSuchBranch(Refused):
    sentence = _("“%(task)s” has no such way. Choose one of those on its page.")


class NothingToRetry(Refused):
    sentence = _("There is nothing to try again at “%(task)s”. Reload the page to see where it stands.")


class RunDueTooEarly(Refused):
    sentence = _("The last open step is due on %(day)s. Choose that day or a later one, or move the step first.")


class RunNotReplaceable(Refused):
    sentence = _("“%(playbook)s” does not run for %(account)s, so there is no run to take the place of.")


class NoHandOver(Refused):
    sentence = _("This hand-over can no longer be taken back: the run has gone on to somebody else.")


class NotAColleague(Refused):
    sentence = _("Choose a colleague who may work in this workspace.")


class DateInThePast(Refused):
    sentence = _("%(day)s is not after today. Choose a later day.")


class NothingToUndo(Refused):
    sentence = _("“%(task)s” can no longer be reopened: work has gone on after it.")


class SignalAlreadyClosed(Refused):
    sentence = _("This signal was closed already (%(state)s). Nothing was changed.")


class DraftOnly(Refused):
    sentence = _("Only a draft can be changed. Open a draft of this playbook first.")


class DraftNotReady(Refused):
    sentence = _("The draft cannot be published yet: %(problem)s")


class RunNotMovable(Refused):
    sentence = _("This run cannot go on by the new version: %(why)s")


class MoveTooOld(Refused):
    sentence = _("This can be taken back for seven days only, the latest change first, while the run is open.")


class MoveBuiltOn(Refused):
    sentence = _("“%(task)s” came with the new version and was worked on since, so this cannot be taken back.")


class BadPlaybookText(Refused):
    sentence = _("The text cannot be taken over: %(why)s")


class NameTaken(Refused):
    sentence = _("There is already a playbook called “%(name)s”. Choose another name.")


class NameMissing(Refused):
    sentence = _("Give it a name in at least one language.")


class RuleWrong(Refused):
    """A rule cannot be as written; ``part`` is where."""

    sentence = "%(sentence)s"


class NoDraft(Refused):
    sentence = _("There is no draft any more: somebody published it or threw it away. Open a new one.")


class RuleRetired(Refused):
    sentence = _("“%(rule)s” is retired. Bring it back before changing it.")


class NothingChosen(Refused):
    sentence = _("Nothing matches. Choose signals, or widen the filter.")


class NoPlaybook(Refused):
    sentence = _("Choose a playbook that is published.")


class NothingChanged(Refused):
    sentence = _("Nothing was changed: all of them were decided meanwhile, or it cannot be done with them.")


class TooMany(Refused):
    sentence = _("%(n)s at once is too much; at most %(most)s. Narrow the filter.")


class NoLongerUndone(Refused):
    sentence = _("This can no longer be taken back: it was already, or more than a day has passed.")


class WrongState(Refused):
    sentence = _("From “%(state)s” it cannot go there. Reload the page to see where it stands.")


class AlreadyRescued(Refused):
    sentence = _("%(account)s is being saved already. Open that page instead.")


class OutOfScale(Refused):
    sentence = _("Likelihood and impact go from 1 to 5.")


class HalfAssessed(Refused):
    sentence = _("What is left after controls needs both a likelihood and an impact.")
