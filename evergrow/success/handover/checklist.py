"""The checklist of hand-overs: the one every workspace begins with, and a workspace's own."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.success.errors import Refused
from evergrow.success.handover.models import HandOverChecklist
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Item = dict[str, Any]
MOST = 30
BUILT_IN: list[Item] = [
    {"key": "tasks", "name": {"zh": "逐项交接未完成的任务和剧本", "en": "Go through the open tasks and playbooks"}},
    {"key": "signals", "name": {"zh": "说明未处理的信号", "en": "Explain the open signals"}},
    {
        "key": "contacts",
        "name": {"zh": "介绍联系人和客情关系", "en": "Introduce the contacts and the relation with each"},
    },
    {"key": "promises", "name": {"zh": "列明对客户的承诺和期限", "en": "List what was promised, and until when"}},
    {"key": "renewals", "name": {"zh": "交代续约日期、条件和进展", "en": "Tell when and how the contracts renew"}},
    {"key": "risks", "name": {"zh": "说明风险和应对办法", "en": "Name the risks and what is done about them"}},
    {
        "key": "opportunities",
        "name": {"zh": "移交跟进中的商机和客情", "en": "Pass on pending opportunities and who decides them"},
    },
]


class BadChecklist(Refused):
    """A checklist has 1 to 30 lines, each with a text."""

    def __str__(self) -> str:
        return _("A checklist has 1 to 30 lines, each with a text of at most 200 characters.")


def of(workspace: Workspace) -> list[Item]:
    """The lines of a workspace's checklist."""
    kept = HandOverChecklist.objects.filter(workspace=workspace).first()
    return list(kept.items) if kept else BUILT_IN


@transaction.atomic
def change(*, workspace: Workspace, names: Sequence[dict[str, str]], by: Member | None) -> list[Item]:
    """Ask for other lines from the next hand-over on. A line in one language stands for both. Raises BadChecklist."""
    require(by, "manage")
    known = {item["name"]["en"]: item["key"] for item in of(workspace)}
    lines = [{"zh": name.get("zh", "").strip(), "en": name.get("en", "").strip()} for name in names]
    lines = [{"zh": line["zh"] or line["en"], "en": line["en"] or line["zh"]} for line in lines if any(line.values())]
    if not 1 <= len(lines) <= MOST or any(len(text) > 200 for line in lines for text in line.values()):
        raise BadChecklist()
    items = [{"key": known.get(line["en"], f"line-{place}"), "name": line} for place, line in enumerate(lines, start=1)]
    keys = [item["key"] for item in items]
    items = (
        [{**item, "key": f"line-{place}"} for place, item in enumerate(items, start=1)]
        if len(set(keys)) < len(keys)
        else items
    )
    facts = {"items": items, "changed_by": by, "changed_at": clock.now()}
    HandOverChecklist.objects.update_or_create(workspace=workspace, defaults=facts)
    audit.record(workspace, "handover.checklist_changed", workspace, by=by, data={"lines": len(items)})
    return items
