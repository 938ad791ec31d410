"""The rooms of the left navigation, by job. Only rooms with content stand here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers import access
from evergrow.customers.models import Account
from evergrow.success.manager.asking import sees_team
from evergrow.success.models import Task
from evergrow.success.queries import lists
from evergrow.workspaces import prepared
from evergrow.workspaces.access import Ability, may
from evergrow.workspaces.models import Member

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Item:
    """A page of a section. Members without ``ability`` do not see it, nor whom ``shown`` leaves out."""

    label: Words
    name: str
    ability: Ability = "view"
    url: str = ""
    shown: Callable[[Member], bool] | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A job with its pages; the first page is where a click on the section leads."""

    label: Words
    icon: str
    items: list[Item] = field(default_factory=list)
    counted: Callable[[Member], int] | None = None
    is_apart: bool = False
    url: str = ""
    count: int = 0
    is_active: bool = False
    is_current: bool = False


@prepared.count
def _accounts(member: Member) -> QuerySet[Account]:
    return access.accounts(member).filter(status="active")


def _tasks(member: Member) -> int:
    return _tasks_on(member, member.workspace.today())


@prepared.count
def _tasks_on(member: Member, today: date) -> QuerySet[Task]:
    return lists.todo(member, today=today).order_by()


SECTIONS = [
    Section(_("Home"), "home", [Item(_("Home"), "web:home")]),
    Section(
        _("Customers"),
        "building",
        [
            Item(pgettext_lazy("navigation", "Accounts"), "customers:accounts"),
            Item(_("People"), "customers:people"),
            Item(_("Visits and meetings"), "customers:visits"),
            Item(_("Needs and issues"), "customers:points"),
            Item(pgettext_lazy("navigation", "Mail"), "customers:mail", "work"),
            Item(_("Segments"), "customers:segments"),
            Item(pgettext_lazy("navigation", "Find by criteria"), "customers:criteria"),
            Item(_("Traits"), "customers:traits"),
            Item(pgettext_lazy("navigation", "Tiers"), "customers:tiers"),
            Item(_("Public pool"), "customers:pool"),
            Item(pgettext_lazy("navigation", "Stages"), "customers:stages"),
            Item(pgettext_lazy("navigation", "Products"), "customers:products"),
            Item(pgettext_lazy("navigation", "Ideal customer"), "customers:icp"),
            Item(pgettext_lazy("navigation", "Portrait"), "customers:portrait"),
        ],
        counted=_accounts,
    ),
    Section(
        _("Health"),
        "activity-heartbeat",
        [
            Item(pgettext_lazy("navigation", "Portfolio"), "health:portfolio"),
            Item(_("Scorecard"), "health:scorecard"),
            Item(_("Churn and expansion"), "health:risk"),
            Item(pgettext_lazy("navigation", "Money"), "health:money"),
            Item(_("Lifetime value"), "health:value"),
        ],
    ),
    Section(
        _("Insight"),
        "chart-dots-3",
        [
            Item(_("Questions"), "insight:questions"),
            Item(_("Trends"), "insight:trends"),
            Item(pgettext_lazy("kind of question", "Funnels"), "insight:funnels"),
            Item(pgettext_lazy("kind of question", "Retention"), "insight:retention"),
            Item(_("Lifecycle"), "insight:lifecycle"),
            Item(_("Stickiness"), "insight:stickiness"),
            Item(pgettext_lazy("navigation", "Engagement"), "insight:engagement"),
            Item(_("Events"), "insight:events"),
        ],
    ),
    Section(
        _("Work"),
        "checklist",
        [
            Item(pgettext_lazy("navigation", "My day"), "success:tasks"),
            Item(pgettext_lazy("navigation", "Calendar"), "success:calendar"),
            Item(pgettext_lazy("navigation", "Board"), "success:board"),
            Item(_("Signals"), "success:signals"),
            Item(_("Rescues"), "success:rescues"),
            Item(_("Risks"), "success:risks"),
            Item(_("Playbooks"), "success:playbooks"),
            Item(_("Plans"), "success:plans"),
            Item(_("Campaigns"), "success:campaigns"),
            Item(_("Product versions"), "success:product_versions"),
            Item(_("Hand-overs"), "success:hand_overs"),
            Item(pgettext_lazy("navigation", "Team's work"), "success:work", shown=sees_team),
            Item(_("Absences"), "workspaces:absences"),
        ],
        counted=_tasks,
    ),
    Section(
        pgettext_lazy("navigation", "Data"),
        "database-import",
        [
            Item(_("Import"), "intake:imports", "manage"),
            Item(_("Sources"), "intake:sources"),
            Item(_("Live view"), "intake:live"),
            Item(_("Pipeline"), "intake:pipeline"),
            Item(_("Refused"), "intake:rejects"),
            Item(_("Tracking plan"), "intake:plan"),
            Item(_("Recent changes"), "customers:changes", "manage"),
        ],
    ),
    Section(
        pgettext_lazy("navigation", "Privacy"),
        "shield-lock",
        [
            Item(pgettext_lazy("navigation", "Requests"), "customers:privacy", "administer"),
            Item(_("Consent"), "customers:purposes"),
            Item(_("Retention"), "intake:retention", "administer"),
            Item(_("Masking"), "customers:masking", "administer"),
            Item(pgettext_lazy("navigation", "Register"), "customers:register", "manage"),
        ],
    ),
    Section(
        _("Settings"),
        "settings",
        [
            Item(_("Workspace"), "workspaces:settings"),
            Item(_("Members"), "workspaces:members", "administer"),
            Item(_("Keys"), "workspaces:keys", "administer"),
            Item(pgettext_lazy("notifications", "Channels"), "workspaces:channels", "administer"),
            Item(_("Contact rules"), "success:contact_rules"),
            Item(_("Identifiers"), "customers:identifiers", "manage"),
            Item(_("Audit trail"), "workspaces:audit", "administer"),
        ],
        is_apart=True,
    ),
]


@lru_cache(maxsize=4096)
def address(name: str, slug: str, **arguments: object) -> str:
    """The address of a page of a workspace."""
    return reverse(name, kwargs={"workspace": slug, **arguments})


def sections(member: Member, path: str) -> list[Section]:
    """What this member sees while at ``path``, the current page marked."""
    shown = [filled for section in SECTIONS if (filled := _filled(section, member)).items]
    urls = [item.url for section in shown for item in section.items if _holds(item, path)]
    return list(map(partial(_marked, current=max(urls, key=len, default=""), path=path), shown))


def _holds(item: Item, path: str) -> bool:
    """Whether the path is the item's page or below it; every page is below Home, which stands only for itself."""
    return path == item.url if item.name == "web:home" else path.startswith(item.url)


def _filled(section: Section, member: Member) -> Section:
    slug = member.workspace.slug
    seen = [item for item in section.items if may(member, item.ability) and (item.shown is None or item.shown(member))]
    items = [replace(item, url=address(item.name, slug)) for item in seen]
    count = section.counted(member) if section.counted and items else 0
    return replace(section, items=items, url=items[0].url if items else "", count=count)


def _marked(section: Section, *, current: str, path: str) -> Section:
    items = [replace(item, is_current=item.url == current) for item in section.items]
    return replace(
        section,
        items=items,
        is_active=any(item.is_current for item in items),
        is_current=section.url == path,
    )
