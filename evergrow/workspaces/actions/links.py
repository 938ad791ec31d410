"""One-time sign-in links."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock, tokens
from evergrow.workspaces.errors import LinkGone
from evergrow.workspaces.models import SignInLink, User

VALID = timedelta(minutes=15)


@transaction.atomic
def make_sign_in_link(*, user: User, valid: timedelta = VALID) -> str:
    """The token of a link that signs ``user`` in once within ``valid``. Only its hash is kept."""
    token, now = tokens.make(), clock.now()
    SignInLink.objects.filter(user=user, expires_at__lt=now - timedelta(days=30)).delete()
    SignInLink.objects.create(user=user, token_hash=tokens.digest(token), created_at=now, expires_at=now + valid)
    return token


def find_sign_in_link(token: str) -> SignInLink:
    """The unused link of a token, without using it. Raises LinkGone."""
    found = SignInLink.objects.select_related("user").filter(
        token_hash=tokens.digest(token), used_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    link = found.first()
    if link is None:
        raise LinkGone(_("This link was used before or is too old. Ask for a new one."))
    return link


@transaction.atomic
def use_sign_in_link(*, token: str) -> User:
    """Use a link up; its user. Of two visitors who come at once one gets in. Raises LinkGone."""
    link, now = find_sign_in_link(token), clock.now()
    if not SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        raise LinkGone(_("This link was used before or is too old. Ask for a new one."))
    return link.user
