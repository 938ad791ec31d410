from django.urls import URLPattern, path

from evergrow.success.manager import list_views, views

urlpatterns: list[URLPattern] = [
    path("work/", views.work, name="work"),
    path("work/times/", views.times, name="work_times"),
    path("work/stops/", views.stops, name="work_stops"),
    path("work/outcomes/", views.results, name="work_outcomes"),
    path("work/balance/", views.balance, name="work_balance"),
    path("work/file/", views.file, name="work_file"),
    path("work/tasks/", list_views.tasks, name="work_tasks"),
    path("work/tasks/moves/", list_views.move, name="work_move"),
    path("work/runs/", list_views.runs, name="work_runs"),
]
