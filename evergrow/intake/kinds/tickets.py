"""Tickets: what customers asked of support, how long it took, and how satisfied they were."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Identifier, Ticket, TicketPriority
from evergrow.intake.kinds.dates import moment
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.references import ACCOUNT, check_account, people_by
from evergrow.intake.kinds.upsert import upsert
from evergrow.intake.kinds.values import choice, real, text

PRIORITIES = {
    TicketPriority.LOW.value: ("p4", "minor", "4", "低", "低优先级"),
    TicketPriority.MEDIUM.value: ("p3", "normal", "3", "中", "普通", "一般"),
    TicketPriority.HIGH.value: ("p2", "major", "2", "高", "高优先级", "重要"),
    TicketPriority.URGENT.value: ("p1", "p0", "critical", "blocker", "1", "紧急", "特急", "严重"),
}
MADE = ("account", "account_number", "person", "derived_closed", "derived_hours")


def check(chunk: Chunk) -> None:
    """Find account and person; the end follows from the hours, the hours from the end."""
    check_account(chunk)
    _find_people(chunk)
    opened, closed, hours = (chunk.column(key) for key in ("opened_at", "closed_at", "resolution_hours"))
    derived_closed, derived_hours = [], []
    for index, (start, end, took) in enumerate(zip(opened, closed, hours, strict=True)):
        if start and end and end < start:
            chunk.reject(
                index, Problem(_("It is closed before it was opened. Correct one of the two."), {}, _("closed"))
            )
        if took is not None and took < 0:
            chunk.reject(index, Problem(_("A ticket cannot take less than 0 hours."), {}, _("hours to solve")))
        derived_closed.append(start + timedelta(hours=took) if start and took is not None else None)
        derived_hours.append((end - start).total_seconds() / 3600 if start and end else None)
    chunk.values["derived_closed"], chunk.values["derived_hours"] = derived_closed, derived_hours


def _find_people(chunk: Chunk) -> None:
    wanted = chunk.column("person")
    by_id = people_by(chunk, Identifier.Kind.USER, wanted)
    by_email = people_by(chunk, Identifier.Kind.EMAIL, (value.lower() if value else None for value in wanted))
    found = []
    for index, value in enumerate(wanted):
        key = by_id.get(value) or by_email.get(value.lower()) if value else None
        if value and key is None:
            problem = Problem(
                _("There is no person with the id or email “%(value)s”. Import the people first."),
                {"value": value},
                _("person"),
            )
            chunk.reject(index, problem)
        found.append(key[0] if key else None)
    chunk.values["person_id"] = found


def write(chunk: Chunk) -> Tally:
    columns = {key: values for key, values in chunk.values.items() if key not in MADE}
    defaults = {
        "priority": [TicketPriority.MEDIUM.value] * len(chunk),
        "closed_at": chunk.column("derived_closed"),
        "resolution_hours": chunk.column("derived_hours"),
    }
    return upsert(chunk, Ticket, columns, defaults=defaults)


KIND = Kind(
    key="tickets",
    label=_("Tickets"),
    about=_("Support requests with priority, time to solve and satisfaction. They count in the health score."),
    icon="lifebuoy",
    fields=(
        Field(
            "external_id",
            _("ticket id"),
            text(200),
        ),
        ACCOUNT,
        Field(
            "person",
            _("person (id or email)"),
            text(255),
        ),
        Field("subject", _("subject"), text(300)),
        Field(
            "priority",
            _("priority"),
            choice(PRIORITIES),
            shown=dict(TicketPriority.choices),
        ),
        Field(
            "opened_at",
            _("opened"),
            moment,
            is_required=True,
            looks_like="date",
        ),
        Field(
            "closed_at",
            _("closed"),
            moment,
            looks_like="date",
        ),
        Field(
            "resolution_hours",
            _("hours to solve"),
            real,
            looks_like="number",
        ),
        Field(
            "csat",
            _("satisfaction"),
            real,
            looks_like="number",
        ),
    ),
    check=check,
    write=write,
    id_from_row="external_id",
    example=(
        (
            "ticket_id",
            "account_id",
            "requester_email",
            "subject",
            "priority",
            "created_at",
            "resolved_at",
            "csat_score",
        ),
        (
            "K-31",
            "C-1001",
            "lin.wei@bluepeak.example",
            "导出的报表缺少一列",
            "high",
            "2026-03-02 09:40",
            "2026-03-02 15:05",
            "4",
        ),
        ("K-32", "C-1002", "", "Cannot invite a teammate", "中", "2026/3/9 14:12", "", ""),
        (
            "K-33",
            "C-1003",
            "",
            "登录验证码收不到",
            "urgent",
            "2026-01-08T20:31:00+08:00",
            "2026-01-08T21:02:00+08:00",
            "2.5",
        ),
    ),
)
