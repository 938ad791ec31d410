from django.urls import URLPattern, path

from evergrow.workspaces.calendar import views

urlpatterns: list[URLPattern] = [
    path("settings/working-days/", views.calendar, name="working_days"),
    path("settings/working-days/own/", views.set_own, name="own_days"),
    path("settings/working-days/own/removal/", views.unset_own, name="own_days_removal"),
    path("settings/working-days/notice/", views.notice, name="holiday_notice"),
    path("settings/working-days/notice/removal/", views.take_back, name="holiday_notice_removal"),
]
