from django.urls import URLPattern, path

from evergrow.workspaces.notices import channel_views, preference_views, views

urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/<int:pk>/read/", views.read_notice, name="notice_read"),
    path("notices/preferences/", preference_views.preferences, name="notice_preferences"),
    path("settings/channels/", channel_views.channels, name="channels"),
    path("settings/channels/<int:pk>/", channel_views.robot, name="robot"),
    path("settings/channels/<int:pk>/trial/", channel_views.try_robot, name="robot_trial"),
    path("settings/channels/<int:pk>/removal/", channel_views.remove_robot, name="robot_removal"),
    path("settings/deliveries/", channel_views.deliveries, name="deliveries"),
    path("settings/deliveries/<int:pk>/retry/", channel_views.retry, name="delivery_retry"),
]
