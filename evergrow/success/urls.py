from django.urls import URLPattern, URLResolver, path

from evergrow.success.board import views as board
from evergrow.success.campaigns.urls import urlpatterns as campaigns
from evergrow.success.contact.urls import urlpatterns as contact
from evergrow.success.day import calendar_views, feed_views, focus, load_views
from evergrow.success.day import views as day
from evergrow.success.handover.urls import urlpatterns as hand_over
from evergrow.success.manager.urls import urlpatterns as manager
from evergrow.success.plans.urls import urlpatterns as plans
from evergrow.success.releases.urls import urlpatterns as releases
from evergrow.success.risks import urls as risk_urls
from evergrow.success.signals import urls as signal_urls
from evergrow.success.standing_in import views as standing_in
from evergrow.success.triggers.urls import urlpatterns as triggers
from evergrow.success.views import bulk, drafts, evidence, exchange, playbooks, runs, tasks, versions

app_name = "success"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/", day.my_day, name="tasks"),
    path("tasks/board/", board.board, name="board"),
    path("tasks/board/column/", board.column, name="board_column"),
    path("tasks/board/moves/<int:task>/", board.move, name="board_move"),
    path("tasks/calendar/", calendar_views.calendar, name="calendar"),
    path("tasks/calendar/moves/", calendar_views.move_entry, name="move_entry"),
    path("tasks/feed/", feed_views.feed, name="feed"),
    path("tasks/focus/", focus.focus, name="focus"),
    path("tasks/load/", load_views.load, name="load"),
    path("tasks/load/rule/", load_views.change_rule, name="load_rule"),
    path("tasks/marks/", day.mark_item, name="mark_item"),
    path("tasks/new/", tasks.new_task, name="new_task"),
    path("tasks/<int:task>/", tasks.task, name="task"),
    path("tasks/<int:task>/files/", evidence.add_files, name="task_files"),
    path("tasks/<int:task>/moves/", tasks.move_task, name="move_task"),
    *signal_urls.patterns,
    *risk_urls.patterns,
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/new/", playbooks.new_playbook, name="new_playbook"),
    path("playbooks/files/", exchange.import_playbook, name="import_playbook"),
    path("playbooks/starts/", bulk.start_many, name="start_many"),
    path("playbooks/<slug:playbook>/", playbooks.playbook, name="playbook"),
    path("playbooks/<slug:playbook>/file/", exchange.exchange, name="exchange"),
    path("playbooks/<slug:playbook>/open-runs/", versions.move_open_runs, name="move_open_runs"),
    path("playbooks/<slug:playbook>/trial/", playbooks.trial, name="trial"),
    path("playbooks/<slug:playbook>/state/", playbooks.playbook_state, name="playbook_state"),
    path("playbooks/<slug:playbook>/description/", drafts.describe, name="describe"),
    path("playbooks/<slug:playbook>/draft/", drafts.draft, name="draft"),
    path("playbooks/<slug:playbook>/draft/order/", drafts.order_steps, name="order_steps"),
    path("playbooks/<slug:playbook>/draft/publication/", drafts.publication, name="publication"),
    path("playbooks/<slug:playbook>/draft/steps/", drafts.add_step, name="add_step"),
    path("playbooks/<slug:playbook>/draft/steps/<slug:step>/", drafts.change_step, name="change_step"),
    path("playbooks/<slug:playbook>/draft/steps/<slug:step>/letter/", drafts.preview_letter, name="preview_letter"),
    path("playbooks/<slug:playbook>/draft/steps/<slug:step>/removal/", drafts.remove_step, name="remove_step"),
    path("playbooks/runs/<int:run>/", runs.run, name="run"),
    path("playbooks/runs/<int:run>/moves/", runs.move_run, name="move_run"),
    *contact,
    *triggers,
    *hand_over,
    *manager,
    *plans,
    *campaigns,
    *releases,
    path("absences/<int:pk>/work/", standing_in.absence_work, name="absence_work"),
    path("playbooks/runs/<int:run>/version/", versions.move_one_run, name="move_one_run"),
    path("playbooks/runs/<int:run>/version/undo/", versions.undo_run_move, name="undo_run_move"),
    path("accounts/<int:account>/playbooks/", runs.choose_playbook, name="choose_playbook"),
    path("accounts/<int:account>/playbooks/<slug:playbook>/", runs.start, name="start"),
    path("accounts/<int:account>/not-now/", runs.not_now, name="not_now"),
]
