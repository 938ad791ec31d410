"""Things to do from the search palette. Each is a page that begins the work, or a form sent at once."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evergrow.web import navigation
from evergrow.workspaces.access import Ability, may
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is a page of the workspace, or with ``is_post`` an address outside that takes a form.

    ``also`` are more words, in both languages, by which it is found.
    """

    label: str | Promise
    icon: str
    name: str
    ability: Ability = "view"
    also: str = ""
    is_post: bool = False


COMMANDS = [
    Command(_("Add an account"), "building-plus", "customers:account_new", "work", "new create 新建 客户"),
    Command(_("Search in what was written"), "search", "customers:search", "view", "notes text 全文 搜索 查找 备注"),
    Command(_("Import a file"), "file-import", "intake:new_import", "manage", "upload csv excel 导入 上传"),
    Command(_("Connect a product"), "plug-connected", "intake:sources", "view", "source sdk capture 来源 接入 埋点"),
    Command(_("Look at refused messages"), "alert-triangle", "intake:rejects", "view", "rejects error 被拒 错误"),
    Command(_("Add a task"), "square-plus", "success:new_task", "work", "new todo 新建 任务"),
    Command(_("Ask how many go on, step by step"), "filter", "insight:funnels", "view", "funnel 漏斗 转化 提问"),
    Command(
        _("Ask who comes and who goes"),
        "arrows-exchange",
        "insight:lifecycle",
        "view",
        "lifecycle new returning dormant question 生命周期 新增 沉默 提问",
    ),
    Command(
        _("Ask how regularly each comes"),
        "chart-histogram",
        "insight:stickiness",
        "view",
        "stickiness dau mau power user question 黏性 活跃 提问",
    ),
    Command(
        _("Ask who is valid, active, core"),
        "stairs-up",
        "insight:engagement",
        "view",
        "engagement groups question 参与度 有效 活跃 核心 提问",
    ),
    Command(_("Ask who came back"), "calendar-repeat", "insight:retention", "view", "retention cohort 留存 队列 提问"),
    Command(_("Ask about an event over time"), "chart-line", "insight:trends", "view", "trend question 趋势 提问"),
    Command(_("Invite a colleague"), "user-plus", "workspaces:members", "administer", "member 邀请 成员"),
    Command(_("Make a write key or API token"), "key", "workspaces:keys", "administer", "capture sdk 密钥 接入"),
    Command(_("See every part of the interface"), "components", "web:kit", "view", "kit design 部件 设计"),
    Command(_("Sign out"), "logout", "account_logout", "view", "logout 退出", is_post=True),
]


def query(**parameters: str) -> str:
    return urlencode(parameters)


def offered(member: Member) -> list[tuple[Command, str]]:
    """The commands this member may give, with their addresses."""
    return [(command, _address(command, member)) for command in COMMANDS if may(member, command.ability)]


def _address(command: Command, member: Member) -> str:
    return reverse(command.name) if command.is_post else navigation.address(command.name, member.workspace.slug)
