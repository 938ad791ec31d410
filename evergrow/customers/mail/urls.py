"""Addresses of mails; the room's own urls take them in."""

from django.urls import URLPattern, path

from evergrow.customers.mail import source_views, views

urlpatterns: list[URLPattern] = [
    path("mail/", views.mail, name="mail"),
    path("mail/removal/", views.drop_mails, name="drop_mails"),
    path("mail/<int:pk>/account/", views.file_mail, name="file_mail"),
    path("mail/<int:pk>/removal/", views.drop_mail, name="drop_mail"),
    path("mail/sources/", source_views.sources, name="mail_sources"),
    path("mail/mailboxes/", source_views.connect_mailbox, name="connect_mailbox"),
    path("mail/mailboxes/<int:pk>/", source_views.mailbox, name="mailbox"),
    path("mail/mailboxes/<int:pk>/reading/", source_views.read_mailbox, name="read_mailbox"),
    path("mail/mailboxes/<int:pk>/removal/", source_views.remove_mailbox, name="remove_mailbox"),
    path("mail/mailboxes/<int:pk>/pause/", source_views.pause_mailbox, name="pause_mailbox"),
    path("mail/address/removal/", source_views.remove_address, name="remove_mail_address"),
    path("mail/address/", source_views.renew_address, name="renew_mail_address"),
]
