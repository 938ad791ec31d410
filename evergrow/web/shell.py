"""What the frame around every page knows: navigation, language, theme, and how fresh the data is."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language

from evergrow.health.models import AccountHealth
from evergrow.web import navigation
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices import reading

THEME_COOKIE = "evergrow_theme"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace to go to."""

    name: str
    url: str
    is_current: bool


@prepared.rows
def _memberships(member: Member) -> QuerySet[Member]:
    found = Member.objects.filter(user_id=member.user_id, left_at=None)
    return found.select_related("workspace").order_by("workspace__name")


@prepared.first
def _last_computed(member: Member) -> QuerySet[AccountHealth, datetime]:
    states = AccountHealth.objects.filter(workspace_id=member.workspace_id).values("workspace_id")
    return states.annotate(last=Max("computed_at")).values_list("last", flat=True)


class Shell:
    """Everything is worked out only when the template asks, so that fragments cost nothing."""

    is_plain = False

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.member: Member | None = getattr(request, "member", None)

    @property
    def is_chinese(self) -> bool:
        return (get_language() or "").startswith("zh")

    @property
    def html_language(self) -> str:
        return "zh-Hans" if self.is_chinese else "en"

    @cached_property
    def theme(self) -> str:
        """The cookie of this browser, else what the signed-in user chose last, else light."""
        user = getattr(self.request, "user", None)
        for choice in (self.request.COOKIES.get(THEME_COOKIE, ""), getattr(user, "theme", "")):
            if choice in THEMES:
                return choice
        return "light"

    @cached_property
    def navigation(self) -> list[navigation.Section]:
        return navigation.sections(self.member, self.request.path) if self.member else []

    @cached_property
    def workspaces(self) -> list[Place]:
        if self.member is None:
            return []
        return [
            Place(
                other.workspace.name,
                navigation.address("web:home", other.workspace.slug),
                other.workspace_id == self.member.workspace_id,
            )
            for other in _memberships(self.member)
        ]

    @cached_property
    def as_of(self) -> datetime | None:
        """When the scores were computed from the data last; None before the first time."""
        if self.member is None:
            return None
        return _last_computed(self.member)

    @cached_property
    def unread(self) -> int:
        """How many notifications the member has not opened."""
        return reading.count_unread(self.member) if self.member else 0

    def _url(self, name: str) -> str:
        return navigation.address(name, self.member.workspace.slug) if self.member else ""

    @property
    def search_url(self) -> str:
        return self._url("web:search")

    @property
    def notices_url(self) -> str:
        return self._url("workspaces:notices")

    @property
    def settings_url(self) -> str:
        return self._url("workspaces:settings")


class PlainShell(Shell):
    """For the page that says something broke: language and theme without asking any store."""

    is_plain = True

    @property
    def theme(self) -> str:
        choice = self.request.COOKIES.get(THEME_COOKIE, "")
        return choice if choice in THEMES else "light"


def context(request: HttpRequest) -> dict[str, Any]:
    """The workspace and member of a gated page, and the shell around it."""
    return {
        "workspace": getattr(request, "workspace", None),
        "member": getattr(request, "member", None),
        "shell": Shell(request),
    }
