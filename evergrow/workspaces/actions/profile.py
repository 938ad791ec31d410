"""What members say about themselves."""

from django.conf import settings
from django.utils.translation import gettext as _

from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import User

THEMES = ("", "light", "dark")


def change_profile(*, user: User, name: str, language: str, theme: str) -> User:
    """Change one's own name, language (``zh-hans``, ``en``, empty: the workspace's) and theme (empty: the system's).

    Raises BadChoice.
    """
    if not name.strip():
        raise BadChoice("name", _("Say how your colleagues call you."))
    if language not in {"", *(code for code, _label in settings.LANGUAGES)}:
        raise BadChoice("language", _("“%(value)s” is not one of the choices.") % {"value": language})
    if theme not in THEMES:
        raise BadChoice("theme", _("“%(value)s” is not one of the choices.") % {"value": theme})
    user.name, user.language, user.theme = name.strip()[:120], language, theme
    user.save(update_fields=["name", "language", "theme"])
    return user
