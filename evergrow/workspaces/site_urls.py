"""Addresses outside any workspace. Of allauth only what we need: signing in and out.

Who forgot their password comes in through a one-time link and chooses a new one on their profile.
"""

from allauth.account import views as allauth
from django.urls import path

from evergrow.workspaces.views import invitation, settings, sign_in

urlpatterns = [
    path("", settings.start, name="start"),
    path("workspaces/", settings.workspaces, name="workspaces"),
    path("auth/login/", allauth.login, name="account_login"),
    path("auth/logout/", allauth.logout, name="account_logout"),
    path("auth/inactive/", allauth.account_inactive, name="account_inactive"),
    path("auth/link/", sign_in.ask_for_link, name="ask_for_link"),
    path("auth/link/<str:token>/", sign_in.use_link, name="sign_in_link"),
    path("auth/invitation/<str:token>/", invitation.accept, name="invitation"),
]
