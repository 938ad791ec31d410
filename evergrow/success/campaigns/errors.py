"""Why something about a campaign cannot be done. Each error's text is a sentence for whoever asked."""

from django.utils.translation import gettext_lazy as _

from evergrow.success.errors import Refused


class CampaignNotThere(Refused):
    sentence = _("That cannot be done now: the campaign is “%(state)s”.")


class ChangedMeanwhile(Refused):
    sentence = _("Somebody chose another audience meanwhile. Look at the campaign again, then start it.")


class CampaignNeedsName(Refused):
    sentence = _("Give the campaign a name in at least one language.")


class CampaignDaysReversed(Refused):
    sentence = _("The last day cannot lie before the first one, nor more than two years after it.")


class CampaignOver(Refused):
    sentence = _("Its last day, %(day)s, has passed. Give it other days, then start it.")


class BadKind(Refused):
    sentence = _("Choose what kind of campaign it is.")


class BadBudget(Refused):
    sentence = _("The budget has to be a number of 0 or more, or empty.")


class BadSegment(Refused):
    sentence = _("This segment is not there any more. Choose another one.")


class NeedsSegment(Refused):
    sentence = _("Choose the segment that is the audience first.")


class SegmentNotFilled(Refused):
    sentence = _("The members of the segment “%(segment)s” are not known yet. Try again in a minute.")


class SegmentFixed(Refused):
    sentence = _("The audience was taken from the segment at the start, so another one cannot be chosen any more.")


class FirstDayFixed(Refused):
    sentence = _("The campaign has started, so its first day stays.")


class RuleOfOthers(Refused):
    sentence = _("Who counts as having taken part was said for another kind of audience. Clear that rule first.")


class StoreAway(Refused):
    sentence = _("The event store, where segments are kept, cannot be reached right now. Try again in a minute.")


class CampaignHasPlans(Refused):
    sentence = _("Plans are about this campaign, so it cannot be deleted. Cancel it instead.")


class OnlyDrafts(Refused):
    sentence = _("Only a draft can be deleted. Cancel the campaign, or end it.")


class NobodyChosen(Refused):
    sentence = _("Nobody was chosen, or nobody whom this would change.")


class WindowNotYours(Refused):
    sentence = _(
        "Leave out when “%(event)s” was done: what is done from the campaign's first day until its last one counts."
    )


class StoppedNotAsked(Refused):
    sentence = _("“Stopped” cannot say that somebody took part. Name what they did.")


class RuleUnreadable(Refused):
    sentence = _("The rule for who took part cannot be used: %(why)s")


class NoRule(Refused):
    sentence = _("No rule says who counts as having taken part. Write one first.")


class BadAmount(Refused):
    sentence = _("Write an amount of more than 0, with two decimals at most.")


class CostNeedsWords(Refused):
    sentence = _("Say what the money was spent on.")


class CostCorrected(Refused):
    sentence = _("“%(cost)s” is balanced by a counter entry already.")


class CounterOfCounter(Refused):
    sentence = _("A counter entry is not corrected by another one. Remove it instead.")
