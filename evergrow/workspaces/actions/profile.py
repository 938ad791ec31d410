"""What members say about themselves."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evergrow.workspaces.errors import BadChoice, PasswordTooWeak, WrongPassword
from evergrow.workspaces.models import User

THEMES = ("", "light", "dark")


def change_profile(*, user: User, name: str, language: str, theme: str) -> User:
    """Change one's own name, language (``zh-hans``, ``en``, empty: the browser's) and theme (empty: the system's).

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


def change_password(*, user: User, password: str, current: str | None) -> None:
    """Set a new password. ``current`` is the old one, or ``None`` where the user has just proved who they are.

    Raises WrongPassword, PasswordTooWeak.
    """
    if current is not None and not user.check_password(current):
        raise WrongPassword(_("That is not your current password."))
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
