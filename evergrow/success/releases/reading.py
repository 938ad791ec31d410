"""Versions of products as pages and the API show them: where each stands, who runs it, its goals, who agreed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.utils.functional import Promise

from evergrow.customers.models import Product
from evergrow.success.plans import access as plans
from evergrow.success.plans import reading as plan_reading
from evergrow.success.releases import access, acts, using
from evergrow.success.releases.models import DATES, AgreedRole, ProductVersion, VersionAgreement
from evergrow.success.releases.standing import OPEN, OVER, Standing, standing, standing_in
from evergrow.success.releases.using import Users
from evergrow.workspaces.models import Member

STILL_ON = timedelta(days=180)
SHOWN = {"open": OPEN, "over": OVER}
MOST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A version in a list."""

    version: ProductVersion
    users: Users
    today: date

    @property
    def standing(self) -> Standing:
        return standing(self.version, self.today)

    @property
    def is_over(self) -> bool:
        return self.standing in OVER

    @property
    def next_date(self) -> tuple[Promise | str, date] | None:
        """The next of its dates from today on, with what it is; None where none lies ahead."""
        ahead = ((DATES[name], day) for name, day in self.version.dates().items() if day and day >= self.today)
        return next(ahead, None)

    @property
    def days(self) -> list[tuple[Promise | str, date, bool]]:
        """Its dates in their order, each with whether it has passed."""
        return [(DATES[name], day, day < self.today) for name, day in self.version.dates().items() if day]

    @property
    def is_to_leave(self) -> bool:
        """Whether those who still run it have to be moved: its support ends within 180 days, or it is over."""
        ends_on = self.version.support_ends_on
        return self.is_over or (ends_on is not None and ends_on <= self.today + STILL_ON)

    @property
    def is_retired(self) -> bool:
        return self.standing == Standing.RETIRED


def rows(member: Member, versions: Iterable[ProductVersion], today: date) -> list[Row]:
    """Each with who runs it, in the order given."""
    found = list(versions)
    counted = using.users(member, found)
    return [Row(each, counted[each.pk], today) for each in found]


def row(member: Member, version: ProductVersion) -> Row:
    return rows(member, [version], member.workspace.today())[0]


def ordered(versions: QuerySet[ProductVersion]) -> QuerySet[ProductVersion]:
    """By product, the latest release first, those without a day on top."""
    released = F("released_on").desc(nulls_first=True)
    return versions.select_related(*access.RELATED).order_by("product__number", released, "-pk")


def of_product(member: Member, product: Product) -> list[Row]:
    """All of a product's versions."""
    found = ordered(access.versions(member).filter(product=product))
    return rows(member, found, member.workspace.today())


def chosen(
    member: Member, *, product: str = "", stands: str = "", owner: int | None = None, show: str = ""
) -> QuerySet[ProductVersion]:
    """The versions of the product with this code, that stand so, of this owner, that are ``open`` or ``over``."""
    found = standing_in(access.versions(member), member.workspace.today())
    found = found.filter(product__code=product) if product else found
    found = found.filter(stands=stands) if stands else found
    found = found.filter(owner=owner) if owner is not None else found
    return found.filter(stands__in=SHOWN[show]) if show else found


def goals(member: Member, version: ProductVersion) -> list[plan_reading.Row]:
    """The plans about it that the member may see, the most urgent first."""
    about = plans.plans(member).filter(subject_kind=access.KIND, subject_key=str(version.pk))
    return plan_reading.rows(about, member.workspace)


@dataclass(frozen=True, slots=True)
class Agreed:
    """How it is with one of those who have to agree. ``newer``: plans about it that were drawn up since."""

    role: AgreedRole
    named: str
    latest: VersionAgreement | None
    newer: int


def agreed(version: ProductVersion) -> list[Agreed]:
    """Of the product manager and of the product owner, what they agreed to last."""
    latest: dict[str, VersionAgreement] = {}
    for each in version.agreements.all():
        latest.setdefault(each.role, each)
    made = list(acts.plans_about(version).values_list("created_at", flat=True))
    named = {AgreedRole.MANAGER: version.manager_called, AgreedRole.OWNER: version.owner_called}
    return [Agreed(role, named[role], latest.get(role), _since(latest.get(role), made)) for role in AgreedRole]


def _since(agreement: VersionAgreement | None, made: Sequence[object]) -> int:
    return sum(at > agreement.at for at in made) if agreement else 0  # type: ignore[operator]
