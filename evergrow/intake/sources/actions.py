"""What can be done to a source: make one, set its limits, pause and resume it."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.intake.capture.limits import origin_of
from evergrow.intake.models import SourceSettings
from evergrow.lib import clock
from evergrow.workspaces import actions, audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice, Refused
from evergrow.workspaces.models import Key, KeyKind, Member, Workspace

LIMITS = ("per_second", "burst", "per_day", "message_kib", "request_kib")
MOST_ORIGINS = 100
ORIGIN = re.compile(r"(https?)://(\*\.)?([\w-]+(?:\.[\w-]+)*)(:\d{1,5})?")


class AlreadySo(Refused):
    """The source is paused already, or not paused."""


def create_source(*, workspace: Workspace, name: str, by: Member | None) -> tuple[Key, str]:
    """A new write key and its secret, which can never be read again. Raises BadChoice.

    Names tell sources apart in events, so a name that a working source has is refused.
    """
    require(by, "administer")
    taken = Key.objects.filter(workspace=workspace, kind=KeyKind.WRITE, revoked_at=None, name=name.strip()[:80])
    if taken.exists():
        raise BadChoice("name", _("There is a source of this name already. Events could not be told apart."))
    return actions.create_key(workspace=workspace, kind=KeyKind.WRITE, name=name, by=by)


@transaction.atomic
def set_limits(*, key: Key, limits: Mapping[str, int | None], origins: list[str], by: Member | None) -> SourceSettings:
    """Set a source's limits (None: the default) and the pages that may send (none: all). Raises BadChoice."""
    require(by, "administer")
    own = settings_of(key)
    wanted: dict[str, Any] = {name: limits.get(name) for name in LIMITS} | {"origins": read_origins(origins)}
    changed = {name: [getattr(own, name), value] for name, value in wanted.items() if getattr(own, name) != value}
    if changed:
        for name, value in wanted.items():
            setattr(own, name, value)
        own.save()
        audit.record(key.workspace, "source.limited", key, by=by, data=changed)
    return own


@transaction.atomic
def pause(*, key: Key, by: Member | None) -> None:
    """Refuse everything from a source until it is resumed. Raises AlreadySo."""
    require(by, "administer")
    settings_of(key)
    paused = {"paused_at": clock.now(), "paused_by": by}
    if not SourceSettings.objects.filter(key=key, paused_at=None).update(**paused):
        raise AlreadySo(_("This source is paused already."))
    audit.record(key.workspace, "source.paused", key, by=by)


@transaction.atomic
def resume(*, key: Key, by: Member | None) -> None:
    """Take events from a paused source again. Raises AlreadySo."""
    require(by, "administer")
    if not SourceSettings.objects.filter(key=key, paused_at__isnull=False).update(paused_at=None, paused_by=None):
        raise AlreadySo(_("This source is not paused."))
    audit.record(key.workspace, "source.resumed", key, by=by)


def settings_of(key: Key) -> SourceSettings:
    """The row of a source's settings, made when it has none."""
    return SourceSettings.objects.get_or_create(key=key)[0]


def read_origins(texts: list[str]) -> list[str]:
    """Origins as they are compared at the door: scheme, host and port. Raises BadChoice for what is none."""
    found: list[str] = []
    for text in (text.strip() for text in texts):
        if not text:
            continue
        origin = read_origin(text)
        if not origin:
            sentence = _("“%(value)s” is no page’s address. Write it like https://www.example.com.")
            raise BadChoice("origins", sentence % {"value": text[:100]})
        if origin not in found:
            found.append(origin)
    if len(found) > MOST_ORIGINS:
        raise BadChoice("origins", _("At most %(most)s pages fit here.") % {"most": MOST_ORIGINS})
    return found


def read_origin(text: str) -> str:
    """An origin as browsers write it (hosts in ASCII), perhaps with ``*.`` before its host; empty where it is none."""
    origin = origin_of(text if "://" in text else f"https://{text}")
    found = ORIGIN.fullmatch(origin)
    if not found:
        return ""
    scheme, star, host, port = found.groups(default="")
    try:
        return f"{scheme}://{star}{host.encode('idna').decode()}{port}"
    except UnicodeError:
        return ""
