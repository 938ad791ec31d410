"""How the timeline tells what happened in this room."""

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers import timeline
from evergrow.customers.models import TimelineEntry
from evergrow.lib import bilingual
from evergrow.success.models import RescueStage


def register() -> None:
    """Teach the timeline this room's kinds of entry."""
    for kind, (icon, _words) in _TASKS.items():
        timeline.register(kind, icon, _tell_task)
    for kind, (icon, _words) in _RUNS.items():
        timeline.register(kind, icon, _tell_run)
    for kind, (icon, _words) in _SIGNALS.items():
        timeline.register(kind, icon, _tell_signal)
    for kind, (icon, _words) in _RESCUES.items():
        timeline.register(kind, icon, _tell_rescue)
    timeline.name_topic("rescue", pgettext_lazy("timeline", "Rescues"))
    timeline.name_topic("task", pgettext_lazy("timeline", "Tasks"))
    timeline.name_topic("playbook", pgettext_lazy("timeline", "Playbooks"))
    timeline.name_topic("signal", pgettext_lazy("timeline", "Signals"))


_TASKS = {
    "task.added": ("square-plus", _("Task “%(name)s” added")),
    "task.done": ("checkbox", _("Done: %(name)s")),
    "task.skipped": ("player-skip-forward", _("Skipped: %(name)s")),
    "task.reopened": ("arrow-back-up", _("Reopened: %(name)s")),
    "task.approved": ("rosette-discount-check", _("Approved: %(name)s")),
    "task.decided": ("git-branch", _("Decided: %(name)s")),
    "task.mailed": ("mail-forward", _("Mail sent: %(name)s")),
    "task.declined": ("x", _("Declined: %(name)s")),
}
_RUNS = {
    "playbook.started": ("player-play", _("Playbook “%(playbook)s” started (v%(version)s)")),
    "playbook.paused": ("player-pause", _("Playbook “%(playbook)s” paused")),
    "playbook.resumed": ("player-play", _("Playbook “%(playbook)s” resumed")),
    "playbook.completed": ("circle-check", _("Playbook “%(playbook)s” completed")),
    "playbook.superseded": ("replace", _("Playbook “%(playbook)s” was replaced by a new run")),
    "playbook.cancelled": ("circle-x", _("Playbook “%(playbook)s” cancelled")),
}
_SIGNALS = {
    "signal.raised": ("bell", _("Signal: %(reason)s")),
    "signal.reopened": ("bell-ringing", _("Signal again: %(reason)s")),
    "signal.escalated": ("arrow-big-up-lines", _("Signal escalated: %(reason)s")),
    "signal.resolved": ("circle-check", _("Signal resolved: %(reason)s")),
    "signal.false_positive": ("bell-off", _("Signal was a false positive: %(reason)s")),
    "signal.expired": ("bell-off", _("Signal passed by itself: %(reason)s")),
}
_RESCUES = {
    "rescue.begun": ("lifebuoy", _("Rescue begun")),
    "rescue.moved": ("lifebuoy", _("Rescue: %(stage)s")),
}


def _tell_task(entry: TimelineEntry) -> str:
    told = str(_TASKS[entry.kind][1]) % {"name": _in_language(entry.data.get("name"))}
    words = entry.data.get("reason") or entry.data.get("evidence") or _in_language(entry.data.get("branch"))
    return _with(told, words)


def _tell_run(entry: TimelineEntry) -> str:
    facts = {"playbook": _in_language(entry.data.get("playbook")), "version": entry.data.get("version", "")}
    return _with(str(_RUNS[entry.kind][1]) % facts, entry.data.get("reason"))


def _tell_signal(entry: TimelineEntry) -> str:
    told = str(_SIGNALS[entry.kind][1]) % {"reason": _in_language(entry.data.get("reason"))}
    return _with(told, entry.data.get("why"))


def _tell_rescue(entry: TimelineEntry) -> str:
    stage = dict(RescueStage.choices).get(entry.data.get("stage", ""), "")
    return _with(str(_RESCUES[entry.kind][1]) % {"stage": stage}, entry.data.get("why"))


def _in_language(name: object) -> str:
    return bilingual.pick(name, get_language() or "en") if isinstance(name, dict | str) else ""


def _with(told: str, words: str | None) -> str:
    if not words:
        return told
    return pgettext("what happened: somebody's words", "%(told)s: “%(words)s”") % {"told": told, "words": words}
