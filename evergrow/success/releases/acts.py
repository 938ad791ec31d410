"""What is done to a version of a product: written in, changed, agreed to, deleted."""

from datetime import date
from typing import Any

from django.db import transaction

from evergrow.success.plans.models import Plan
from evergrow.success.releases import access, errors, using, wishes
from evergrow.success.releases.models import AgreedRole, ProductVersion, VersionAgreement
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

NOTE = 500


def write_in(*, wish: wishes.Wish, by: Member) -> ProductVersion:
    """A version of a product, owned by the one named or whoever writes it in. Errors as in ``wishes.checked``.

    Who runs it is asked at once; where the event store is away, by the morning's round.
    """
    require(by, "work")
    facts = wishes.checked(wish, by)
    with transaction.atomic():
        made = ProductVersion.objects.create(workspace=by.workspace, created_by=by, **facts)
        audit.record(made.workspace, "product_version.written_in", made, by=by)
    using.try_refresh(made)
    return made


def change(*, version: ProductVersion, wish: wishes.Wish, by: Member) -> ProductVersion:
    """Make it as wished; it stays with its product. What changed stands in the audit trail.

    Raises ProductStays, and errors as in ``wishes.checked``.
    """
    access.require_lead(by, version)
    facts = wishes.checked(wish, by, version)
    before = version.facts()
    with transaction.atomic():
        for name, value in facts.items():
            setattr(version, name, value)
        version.save(update_fields=[*facts])
        after = version.facts()
        changed = {name: [_plain(before[name]), _plain(after[name])] for name in after if before[name] != after[name]}
        if changed:
            audit.record(version.workspace, "product_version.changed", version, by=by, data=changed)
    if before["used_by"] != after["used_by"]:
        using.try_refresh(version)
    return version


def look(*, version: ProductVersion, by: Member) -> bool:
    """Ask anew who runs it; whether its criteria could be asked. Raises NoCriteria, StoreUnavailable."""
    access.require_lead(by, version)
    if version.used_by is None:
        raise errors.NoCriteria()
    return using.refresh(version)


@transaction.atomic
def agree(
    *, version: ProductVersion, role: str, on: date, by: Member, who: str = "", note: str = ""
) -> VersionAgreement:
    """Write down that the product manager or the product owner agreed to the goals on a day; ``who`` "": as named.

    Raises BadRole, NobodyNamed, AgreedAhead.
    """
    access.require_lead(by, version)
    if role not in AgreedRole.values:
        raise errors.BadRole()
    named = version.manager_called if role == AgreedRole.MANAGER else version.owner_called
    called = (who.strip() or named)[: wishes.PERSON]
    if not called:
        raise errors.NobodyNamed()
    if on > version.workspace.today():
        raise errors.AgreedAhead()
    made = VersionAgreement.objects.create(
        version=version, role=role, who=called, agreed_on=on, note=note.strip()[:NOTE], by=by
    )
    data = {"agreed_role": role, "who": called, "agreed_on": on.isoformat(), "note": made.note}
    audit.record(version.workspace, "product_version.agreed", version, by=by, data=data)
    return made


@transaction.atomic
def delete(*, version: ProductVersion, by: Member) -> None:
    """Take a version away for good that no plan is about. Raises VersionHasPlans."""
    access.require_lead(by, version)
    ProductVersion.objects.select_for_update().filter(pk=version.pk).first()
    if plans_about(version).exists():
        raise errors.VersionHasPlans()
    audit.record(version.workspace, "product_version.deleted", version, by=by)
    version.delete()


def plans_about(version: ProductVersion) -> Any:
    """Every plan about it, whoever sees it."""
    rows = Plan.objects.filter(workspace_id=version.workspace_id)
    return rows.filter(subject_kind=access.KIND, subject_key=str(version.pk))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
