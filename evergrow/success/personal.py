"""What this room holds about people: signals may name a person. Texts of tasks and runs are searched for mentions."""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.privacy import registry

registry.rows("success.Signal", _("Signals"), act="clear", clear={"person": None})
registry.rows(
    "success.Contact",
    _("Contacts"),
    act="clear",
    clear={"person": None, "address": ""},
    hidden=("key", "holder"),
)
