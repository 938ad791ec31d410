"""What this room holds about people: signals may name a person. Texts of tasks and runs are searched for mentions."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.privacy import registry

registry.rows("success.Task", _("Tasks"), act="clear", clear={"person": None})
said: dict[str, Any] = {"person": None, "to": "", "content": {}, "response": ""}
registry.rows("success.Delivery", _("Mails of playbooks"), act="clear", clear=said)
registry.rows("success.Signal", _("Signals"), act="clear", clear={"person": None})
registry.rows("success.WatchedValue", _("Watched values"))
registry.rows(
    "success.Contact",
    _("Contacts"),
    act="clear",
    clear={"person": None, "address": ""},
    hidden=("key", "holder"),
)
