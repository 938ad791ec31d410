"""Why something about a plan cannot be done. Each error's text is a sentence for whoever asked."""

from django.utils.translation import gettext_lazy as _

from evergrow.success.errors import Refused


class PlanNotThere(Refused):
    sentence = _("That cannot be done now: the plan is “%(state)s”.")


class PlanNeedsName(Refused):
    sentence = _("Give the plan a name in at least one language.")


class PlanDaysReversed(Refused):
    sentence = _("The plan has to end after the day it begins, at most five years later.")


class TargetIsStart(Refused):
    sentence = _("Start value and target are the same. Say how far it should go.")


class TargetOnTheWrongSide(Refused):
    sentence = _("The target lies on the wrong side of the start value for “%(direction)s”.")


class BadNumber(Refused):
    sentence = _("“%(name)s” has to be a number of a sensible size.")


class BadTolerance(Refused):
    sentence = _("Say by how much a value may be behind (more than nothing), over 1 to 12 weeks in a row.")


class BadMilestones(Refused):
    sentence = _("A milestone is a day between start and end with a value, each day once: “2026-04-05 12”.")


class BadMetric(Refused):
    sentence = _("This cannot be measured: %(why)s")


class BadSubject(Refused):
    sentence = _("What the plan is about is not there any more. Choose something else.")


class StartUnknown(Refused):
    sentence = _("The start value cannot be measured now (%(why)s). Enter it in the plan, then begin.")


class RetrospectiveFirst(Refused):
    sentence = _("A retrospective is due first: say why the plan went off and what is done about it.")


class NotReached(Refused):
    sentence = _("The latest value, %(value)s, does not reach %(target)s. Close the plan as missed, or record a value.")


class NoValueYet(Refused):
    sentence = _("There is no value of this plan yet that would show it. Record one, or close it as missed.")


class WeekOutside(Refused):
    sentence = _("This week is not part of the plan, or has not begun yet.")


class NotEntered(Refused):
    sentence = _("This plan is measured by Evergrow, so no value can be entered. Leave a comment instead.")


class StepFollowsTask(Refused):
    sentence = _("“%(step)s” is a task of its own. Finish or skip it there, and it counts here.")


class StepNotThere(Refused):
    sentence = _("“%(step)s” is %(state)s already. Nothing was changed.")


class StepNeedsName(Refused):
    sentence = _("Say what is to be done.")


class TaskTaken(Refused):
    sentence = _("This task is a step of the plan already.")


class RetrospectiveClosed(Refused):
    sentence = _("This retrospective is finished already. Nothing was changed.")


class RetrospectiveOpen(Refused):
    sentence = _("A retrospective of this plan is open already.")


class RetrospectiveUnfinished(Refused):
    sentence = _("Write the cause and what was learned, and add a corrective action, or say why none is needed.")


class PlanUnderWay(Refused):
    sentence = _(
        "A running plan keeps what it is measured by and the day it began. Cancel it, and draw up another one."
    )
