"""Mails that members let Evergrow read: by a copy to their own secret address, or out of a mailbox they connected."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.visits import Direction, Visit
from evergrow.lib import clock
from evergrow.workspaces import sealed
from evergrow.workspaces.models import Member, Workspace

PURPOSE = "mailbox password"


class MailAddress(models.Model):
    """A member's own address: what is sent there becomes an activity. Its secret part is made from ``serial``; only a
    hash of it is kept. A new one retires the one before. ``left_out`` counts automatic mails that were not kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mail_addresses")
    serial = models.PositiveIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "serial"], name="mail_address_serial"),
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(retired_at=None), name="one_mail_address_a_member"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.serial}"


class MailSource(models.TextChoices):
    COPY = "copy", pgettext_lazy("mail", "copy to my address")
    MAILBOX = "mailbox", pgettext_lazy("mail", "my mailbox")


class MailState(models.TextChoices):
    FILED = "filed", pgettext_lazy("mail", "At an account")
    UNMATCHED = "unmatched", pgettext_lazy("mail", "To be sorted")
    DROPPED = "dropped", pgettext_lazy("mail", "Dropped")


class Mail(models.Model):
    """One mail as one member let us read it. ``message_id`` is its own, or made from its content.

    Only while it waits to be sorted its words stand here: ``text`` (what was written), ``quoted`` (the history below),
    ``participants`` [{"role": "from"|"to"|"cc", "name", "address"}]; filed, they are with the activity, dropped, gone.
    ``references`` are the mails before it, ``thread`` the first of them. ``refused`` names attachments not kept.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mails")
    source = models.CharField(max_length=8, choices=MailSource.choices)
    message_id = models.CharField(max_length=200)
    thread = models.CharField(max_length=200)
    references = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=MailState.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    subject = models.CharField(max_length=300, blank=True)
    participants = models.JSONField(default=list)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    refused = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "message_id"], name="mail_once_a_member")]
        indexes = [
            models.Index(fields=["workspace", "message_id"], name="mails_by_message"),
            models.Index(fields=["member", "state", "-sent_at"], name="mails_by_state"),
        ]

    def __str__(self) -> str:
        return self.subject or str(_("(no subject)"))

    @property
    def sender(self) -> dict[str, str]:
        """Who wrote it: ``name`` and ``address``."""
        found = (each for each in self.participants if each["role"] == "from")
        return next(found, {"role": "from", "name": "", "address": ""})


class MailFiling(models.Model):
    """A mail at an account: its activity, there once whoever of us lets it be read.

    ``quoted`` is the history below its words; ``participants`` and ``refused`` are as in Mail. Where the activity was
    narrowed and somebody who may not read it has the mail too, it becomes its member's own copy (``apart``), and theirs
    is filed beside it.
    """

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="filings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_filings")
    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="mail_filing")
    message_id = models.CharField(max_length=200)
    thread = models.CharField(max_length=200)
    quoted = models.TextField(blank=True)
    participants = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    apart = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "message_id"], condition=models.Q(apart=None), name="mail_once_an_account"
            ),
            models.UniqueConstraint(
                fields=["account", "message_id", "apart"],
                condition=models.Q(apart__isnull=False),
                name="own_mail_once_an_account",
            ),
        ]
        indexes = [models.Index(fields=["account", "thread"], name="mails_by_thread")]

    def __str__(self) -> str:
        return str(self.visit)


class MailSecurity(models.TextChoices):
    TLS = "tls", _("TLS from the start (usually port 993)")
    STARTTLS = "starttls", _("STARTTLS (usually port 143)")
    NONE = "none", _("none: only for servers in the own network that were allowed")


class Mailbox(models.Model):
    """A mailbox that a member connected, read over IMAP. Its password is kept sealed and never shown again.

    Mails since ``first_day`` are read. Trouble is a code of ``mail.imap`` with what the server said; after some
    ``failures`` it is left alone (``stopped_at``) until its member looks at it. Nothing is read before ``next_at``, nor
    while it is paused.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mailboxes")
    host = models.CharField(_("IMAP server"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=8, choices=MailSecurity.choices, default=MailSecurity.TLS)
    user = models.CharField(_("user name"), max_length=200)
    sealed_secret = models.TextField()
    first_day = models.DateField(_("mails since"))
    keeps_unmatched = models.BooleanField(_("keep mails without a contact for me to sort"), default=True)
    trouble = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    checked_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "host", "user"], name="mailbox_once_a_member")]

    def __str__(self) -> str:
        return f"{self.user} · {self.host}"

    @property
    def secret(self) -> str:
        """The password. Raises CannotOpen after a change of the instance's key."""
        return sealed.opened(self.sealed_secret, PURPOSE)

    @secret.setter
    def secret(self, password: str) -> None:
        self.sealed_secret = sealed.seal(password, PURPOSE)


class MailFolder(models.Model):
    """A folder of a mailbox and how far it was read: every mail below ``next_uid``, while its UIDVALIDITY is that."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField(null=True)
    next_uid = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="mail_folder_once")]

    def __str__(self) -> str:
        return self.name
