"""How events are called: by the workspace's own labels, else by the words below, else by their raw name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from evergrow.insight.models import EventLabel
from evergrow.lib import bilingual
from evergrow.workspaces.models import Workspace

# Events of the sample and common ones of products, so that a first look needs no labelling
KNOWN: dict[str, bilingual.Name] = {
    "login": {"zh": "登录", "en": "Log in"},
    "viewed_dashboard": {"zh": "查看仪表盘", "en": "View dashboard"},
    "created_project": {"zh": "创建项目", "en": "Create project"},
    "exported_report": {"zh": "导出报表", "en": "Export report"},
    "used_automation": {"zh": "使用自动化", "en": "Use automation"},
    "created_workspace": {"zh": "创建工作区", "en": "Create workspace"},
    "completed_profile": {"zh": "完善资料", "en": "Complete profile"},
    "invited_teammate": {"zh": "邀请同事", "en": "Invite teammate"},
    "connected_integration": {"zh": "接通集成", "en": "Connect integration"},
}
KNOWN_KEY = {"created_project", "invited_teammate", "connected_integration"}


@dataclass(frozen=True, slots=True)
class EventNames:
    """The names of one workspace's events."""

    labels: Mapping[str, EventLabel]

    def name(self, event: str) -> bilingual.Name:
        """Both languages' names; the raw name where nobody gave one."""
        label = self.labels.get(event)
        given = label.name if label else {}
        known = KNOWN.get(event, {})
        return {part: given.get(part) or known.get(part) or _only(given, event) for part in ("zh", "en")}

    def shown(self, event: str, language: str) -> str:
        """The name for a reader; ``""`` is every event."""
        return bilingual.pick(self.name(event), language) if event else gettext("Any event")

    def is_key(self, event: str) -> bool:
        label = self.labels.get(event)
        return label.is_key if label else event in KNOWN_KEY


def _only(given: Mapping[str, str], event: str) -> str:
    return next((name for name in given.values() if name), event)


def of(workspace: Workspace) -> EventNames:
    """The workspace's names, in one query."""
    labels: Any = EventLabel.objects.filter(workspace=workspace)
    return EventNames({label.event: label for label in labels})
