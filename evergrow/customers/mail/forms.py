"""The form of a mailbox."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Mailbox
from evergrow.workspaces.models import Member


class MailboxForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """Where the mailbox is and what is read of it; a known one keeps its password unless another is typed."""

    secret = forms.CharField(
        label=_("password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Often an authorization code that your provider makes for programmes. It is never shown again."),
    )

    field_order = ("host", "port", "security", "user", "secret", "first_day", "keeps_unmatched")

    class Meta:
        model = Mailbox
        fields = ("host", "port", "security", "user", "first_day", "keeps_unmatched")
        widgets = {"first_day": DateInput()}

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_known = self.instance.pk is not None
        if not is_known:
            today = member.workspace.today()
            self.initial = {"user": member.user.email, "first_day": today - timedelta(days=7), **self.initial}
        self.fields["secret"].required = not is_known
        self.fields["host"].widget.attrs["placeholder"] = "imap.example.com"
        self.dress()

    def _post_clean(self) -> None:
        """The row is the actions' to write."""
