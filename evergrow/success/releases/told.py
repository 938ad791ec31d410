"""What the owners of versions are told: sale or support ends soon. Once for each day that is given for it."""

from datetime import date, timedelta

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.lib import bilingual, moments
from evergrow.success.releases import access
from evergrow.success.releases.models import ProductVersion
from evergrow.success.releases.standing import Standing, standing
from evergrow.workspaces import notices, queries
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.notices.models import Notice

SALE, SUPPORT = "product_version.sale_ends", "product_version.support_ends"
ENDS = {"sale_ends_on": SALE, "support_ends_on": SUPPORT}
AHEAD = timedelta(days=90)


def register() -> None:
    """Teach the bell."""
    sale = gettext_lazy("The sale of a version of mine ends soon")
    notices.register(SALE, "package-off", _sale, label=sale)
    support = gettext_lazy("The support of a version of mine ends soon")
    notices.register(SUPPORT, "lifebuoy-off", _support, label=support)


def ends_soon(workspace: Workspace) -> int:
    """Tell the owners of versions whose sale or support ends within 90 days; how many ends that are.

    Who was told of an end is told again only when it is given another day. Where nobody owns a version any more,
    those who manage are told.
    """
    today, found = workspace.today(), 0
    for name, kind in ENDS.items():
        soon = {f"{name}__range": (today, today + AHEAD)}
        rows = ProductVersion.objects.filter(workspace=workspace, product__retired_at=None, **soon)
        for version in rows.select_related(*access.RELATED):
            if standing(version, today) != Standing.RETIRED:
                found += 1
                _tell(version, kind, getattr(version, name))
    return found


def _tell(version: ProductVersion, kind: str, on: date) -> None:
    data = {"name": version.names, "on": on.isoformat()}
    for who in _hearers(version):
        key = f"{version.pk} {on}"
        notices.tell(who, kind, url=access.page_of(version), data=data, dedupe_key=key)


def _hearers(version: ProductVersion) -> list[Member]:
    owner = version.owner if version.owner and version.owner.left_at is None else None
    return [owner] if owner else list(queries.able(version.workspace, "manage"))


def _facts(notice: Notice) -> dict[str, str]:
    language = get_language() or "en"
    on = date.fromisoformat(str(notice.data["on"]))
    return {
        "name": bilingual.pick(notice.data.get("name"), language),
        "day": moments.day_text(on, notice.workspace.today(), language),
    }


def _sale(notice: Notice) -> str:
    return _("The sale of %(name)s ends on %(day)s") % _facts(notice)


def _support(notice: Notice) -> str:
    return _("The support of %(name)s ends on %(day)s") % _facts(notice)
