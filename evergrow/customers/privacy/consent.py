"""Consent by purpose and channel. Records are only added; what holds now follows from them."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.customers.models import (
    Channel,
    ConsentRecord,
    ConsentState,
    LegalBasis,
    Person,
    Purpose,
    PurposeText,
)
from evergrow.lib import clock
from evergrow.workspaces import audit, prepared
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

AHEAD = timedelta(minutes=5)


class UnknownPurpose(ValidationError):
    """The workspace has no such purpose, or it does not use that channel."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a person, a purpose and a channel. ``state`` is empty where nothing was ever said."""

    purpose: Purpose
    channel: str
    state: str
    record: ConsentRecord | None
    expires_at: datetime | None

    @property
    def channel_name(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def state_name(self) -> str:
        return str(ConsentState(self.state).label) if self.state else ""

    @property
    def allows(self) -> bool:
        """Whether we may use the channel for the purpose: consent was given, or none is needed and nobody objected."""
        if self.purpose.basis == LegalBasis.CONSENT:
            return self.state == ConsentState.GRANTED
        return self.state != ConsentState.WITHDRAWN


def may_contact(person: Person, purpose: str, channel: str) -> bool:
    """Whether ``person`` may be contacted for the purpose with this key over this channel, now.

    False for a purpose or a channel that the workspace does not name: who asks must have a purpose.
    """
    found = Purpose.objects.filter(workspace_id=person.workspace_id, key=purpose, retired_at=None).first()
    if found is None or channel not in found.channels:
        return False
    return standing(person, found, channel).allows


def standing(person: Person, purpose: Purpose, channel: str) -> Standing:
    """What holds now for one purpose and channel."""
    said = _records(person).filter(purpose=purpose, channel=channel).first()
    return _standing(purpose, channel, said)


def consents(person: Person, records: Iterable[ConsentRecord] | None = None) -> list[Standing]:
    """What holds now for every purpose and channel of the workspace, and for what was said of retired ones.

    ``records`` is the person's history, where it has been read already.
    """
    newest: dict[tuple[int, str], ConsentRecord] = {}
    for record in history(person) if records is None else records:
        newest.setdefault((record.purpose_id, record.channel), record)
    return [
        _standing(purpose, channel, newest.get((purpose.pk, channel)))
        for purpose in _purposes(person)
        for channel in Channel.values
        if (purpose.pk, channel) in newest or (purpose.retired_at is None and channel in purpose.channels)
    ]


@prepared.rows
def _purposes(person: Person) -> QuerySet[Purpose]:
    return Purpose.objects.filter(workspace_id=person.workspace_id).order_by("pk")


@prepared.rows
def history(person: Person) -> QuerySet[ConsentRecord]:
    """Every record of a person, newest first."""
    return _records(person).select_related("purpose", "by__user")


def _records(person: Person) -> QuerySet[ConsentRecord]:
    """Of the person and of those who were merged into them."""
    everyone = Person.objects.filter(merged_into=person).values("pk")
    mine = ConsentRecord.objects.filter(person=person) | ConsentRecord.objects.filter(person__in=everyone)
    return mine.order_by("-at", "-pk")


def _standing(purpose: Purpose, channel: str, record: ConsentRecord | None) -> Standing:
    if record is None:
        return Standing(purpose, channel, "", None, None)
    ends = None
    if record.state == ConsentState.GRANTED and purpose.valid_days:
        ends = record.at + timedelta(days=purpose.valid_days)
    over = ends is not None and ends <= clock.now()
    return Standing(purpose, channel, ConsentState.EXPIRED if over else record.state, record, ends)


@transaction.atomic
def record_consent(
    *,
    person: Person,
    purpose: str,
    channel: str,
    granted: bool,
    by: Member | None,
    at: datetime | None = None,
    source: str = "page",
    method: str = "",
    text_version: int | None = None,
    ip: str = "",
    url: str = "",
    note: str = "",
    token: str = "",
) -> ConsentRecord:
    """Write down what a person said, with its proof. The same ``token`` again gives the first record back.

    ``text_version`` is the edition that was shown, by default the present one. Of ``ip`` only the network is kept.
    Raises UnknownPurpose, or ValidationError for a moment that lies ahead or an edition that never was.
    """
    require(by, "work")
    if token and (same := ConsentRecord.objects.filter(workspace_id=person.workspace_id, token=token).first()):
        return same
    found = Purpose.objects.filter(workspace_id=person.workspace_id, key=purpose).first()
    if found is None or channel not in Channel.values:
        raise UnknownPurpose({"purpose": _("This workspace has no purpose or channel of that name.")})
    when = at or clock.now()
    if when > clock.now() + AHEAD:
        raise ValidationError({"at": _("The moment lies ahead.")})
    version = found.version if text_version is None else text_version
    if not 0 <= version <= found.version:
        raise ValidationError({"text_version": _("The purpose has no such edition of its text.")})
    made = ConsentRecord.objects.create(
        workspace_id=person.workspace_id,
        person=person,
        purpose=found,
        channel=channel,
        state=ConsentState.GRANTED if granted else ConsentState.WITHDRAWN,
        at=when,
        source=source,
        method=method[:80],
        text_version=version,
        ip=masked_ip(ip),
        url=url[:500],
        note=note[:300],
        by=by,
        token=token[:80],
        recorded_at=clock.now(),
    )
    if by is not None:
        data = {"purpose": purpose, "channel": channel, "state": made.state}
        audit.record(person.workspace, "consent.recorded", person, by=by, data=data)
    return made


def masked_ip(ip: str) -> str:
    """The network of an address: the last 8 bits of IPv4 and the last 80 of IPv6 are dropped. "" for no address."""
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


@transaction.atomic
def save_purpose(
    *,
    workspace: Workspace,
    key: str,
    name: dict[str, str],
    text: dict[str, str],
    basis: str,
    channels: list[str],
    by: Member | None,
    valid_days: int | None = None,
) -> Purpose:
    """Make a purpose or change it; another text becomes a new edition. Raises ValidationError per field."""
    require(by, "administer")
    if not any(name.values()):
        raise ValidationError({"name_zh": _("Give it a name in one language at least.")})
    purpose = Purpose.objects.select_for_update().filter(workspace=workspace, key=key).first()
    is_new = purpose is None
    purpose = purpose or Purpose(workspace=workspace, key=key, version=0, created_at=clock.now())
    purpose.name, purpose.basis, purpose.valid_days, purpose.retired_at = name, basis, valid_days, None
    purpose.channels = [channel for channel in Channel.values if channel in channels]
    last = None if is_new else purpose.texts.order_by("-version").first()
    if last is None or last.text != text:
        purpose.version += 1
    purpose.clean_fields(exclude=["workspace", "channels"])
    purpose.save()
    if last is None or last.text != text:
        PurposeText.objects.create(purpose=purpose, version=purpose.version, text=text, by=by, at=clock.now())
    data = {"edition": purpose.version, "basis": basis}
    audit.record(workspace, "purpose.added" if is_new else "purpose.changed", purpose, by=by, data=data)
    return purpose


@transaction.atomic
def retire_purpose(*, purpose: Purpose, by: Member | None) -> None:
    """End a purpose: nobody may be contacted for it any more; its records stay."""
    require(by, "administer")
    if Purpose.objects.filter(pk=purpose.pk, retired_at=None).update(retired_at=clock.now()):
        audit.record(purpose.workspace, "purpose.retired", purpose, by=by)
