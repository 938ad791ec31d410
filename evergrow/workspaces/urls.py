from django.urls import URLPattern, URLResolver, path

from evergrow.workspaces.absences.urls import urlpatterns as absences
from evergrow.workspaces.calendar.urls import urlpatterns as working_days
from evergrow.workspaces.notices.urls import urlpatterns as notices
from evergrow.workspaces.views import audit, keys, members, profile, settings

app_name = "workspaces"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", settings.settings, name="settings"),
    path("settings/changes/", settings.change_settings, name="change_settings"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/<int:pk>/", members.member, name="member"),
    path("settings/members/<int:pk>/removal/", members.remove_member, name="remove_member"),
    path("settings/members/invitations/", members.invite, name="invite"),
    path("settings/members/invitations/<int:pk>/renewal/", members.renew_invitation, name="renew_invitation"),
    path("settings/members/invitations/<int:pk>/revocation/", members.revoke_invitation, name="revoke_invitation"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<int:pk>/revocation/", keys.revoke_key, name="revoke_key"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit.csv", audit.export, name="audit_export"),
    *notices,
    *absences,
    *working_days,
    path("profile/", profile.profile, name="profile"),
    path("profile/changes/", profile.change_profile, name="change_profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("profile/leaving/", profile.leave, name="leave"),
]
