"""Addresses outside any workspace: the calendar feed, whose secret says whose it is."""

from django.urls import path

from evergrow.success.day import feed_views

urlpatterns = [
    path("calendars/<str:secret>.ics", feed_views.served, name="calendar_feed"),
]
