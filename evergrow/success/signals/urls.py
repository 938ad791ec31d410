from django.urls import path

from evergrow.success.signals.views import limits, many, rules
from evergrow.success.views import signals

patterns = [
    path("signals/", signals.signals, name="signals"),
    path("signals/evaluation/", signals.evaluate, name="evaluate"),
    path("signals/moves/", many.move_signals, name="move_signals"),
    path("signals/moves/<int:batch>/undoing/", many.undo_signals, name="undo_signals"),
    path("signals/limits/", limits.signal_limits, name="signal_limits"),
    path("signals/archive/", limits.signal_archive, name="signal_archive"),
    path("signals/rules/", rules.signal_rules, name="signal_rules"),
    path("signals/rules/new/", rules.new_signal_rule, name="new_signal_rule"),
    path("signals/rules/<slug:rule>/", rules.signal_rule, name="signal_rule"),
    path("signals/rules/<slug:rule>/draft/", rules.signal_rule_draft, name="signal_rule_draft"),
    path("signals/rules/<slug:rule>/state/", rules.signal_rule_state, name="signal_rule_state"),
    path("signals/rules/<slug:rule>/numbers/", rules.tune_signal_rule, name="tune_signal_rule"),
    path("signals/<int:signal>/", signals.signal, name="signal"),
    path("signals/<int:signal>/playbook/", signals.signal_playbook, name="signal_playbook"),
    path("signals/<int:signal>/waiting/", signals.signal_waiting, name="signal_waiting"),
    path("signals/<int:signal>/moves/", signals.move_signal, name="move_signal"),
]
