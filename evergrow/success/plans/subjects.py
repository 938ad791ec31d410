"""What a plan is about: a playbook, one of its versions, or what other rooms register (a campaign, a release …).

    subjects.register(Subject("campaign", gettext_lazy("Campaigns"), "speakerphone", choices, find))

``choices(member)`` gives ``(key, label)`` of what the member may choose; ``find(workspace, key)`` what it is now.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from evergrow.lib.digits import row_id
from evergrow.success.models.playbooks import Playbook, PlaybookVersion, VersionState
from evergrow.workspaces.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """What a plan is about, by its name and where it is."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    label: Promise | str
    icon: str
    choices: Callable[[Member], Iterable[tuple[str, str]]]
    find: Callable[[Workspace, str], Found | None]


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Add a kind of subject, or replace the one of that name."""
    _subjects[subject.kind] = subject


def get(kind: str) -> Subject | None:
    return _subjects.get(kind)


def every() -> list[Subject]:
    return list(_subjects.values())


def find(workspace: Workspace, kind: str, key: str) -> Found | None:
    """What it is now; None where it is gone or the plan is free."""
    subject = _subjects.get(kind)
    return subject.find(workspace, key) if subject else None


def icon_of(kind: str) -> str:
    subject = _subjects.get(kind)
    return subject.icon if subject else "target"


def _playbooks(member: Member) -> list[tuple[str, str]]:
    rows = Playbook.objects.filter(workspace=member.workspace, retired_at=None)
    return [(book.key, str(book)) for book in rows]


def _playbook(workspace: Workspace, key: str) -> Found | None:
    book = Playbook.objects.filter(workspace=workspace, key=key).first()
    return Found(str(book), reverse("success:playbook", args=[workspace.slug, book.key])) if book else None


def _versions(member: Member) -> list[tuple[str, str]]:
    rows = PlaybookVersion.objects.filter(playbook__workspace=member.workspace, playbook__retired_at=None)
    found = rows.exclude(state=VersionState.DRAFT).select_related("playbook").order_by("playbook", "-number")
    return [(version_key(each), str(each)) for each in found]


def _version(workspace: Workspace, key: str) -> Found | None:
    book, _at, number = key.rpartition("@")
    rows = PlaybookVersion.objects.filter(playbook__workspace=workspace, playbook__key=book, number=row_id(number))
    found = rows.select_related("playbook").first()
    if found is None:
        return None
    page = reverse("success:playbook", args=[workspace.slug, book])
    return Found(str(found), f"{page}?version={number}")


def version_key(version: PlaybookVersion) -> str:
    """How a version is called among the subjects: ``renewal@3``."""
    return f"{version.playbook.key}@{version.number}"


def playbook_of(key: str) -> str:
    """The playbook's key in that of a playbook or of a version."""
    return key.partition("@")[0]


register(Subject("playbook", gettext_lazy("Playbooks"), "route", _playbooks, _playbook))
register(Subject("version", gettext_lazy("Versions of playbooks"), "versions", _versions, _version))
