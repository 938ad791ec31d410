"""Invoices: what was billed, and whether it was paid."""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Invoice, InvoiceStatus
from evergrow.intake.kinds.dates import day
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.references import ACCOUNT, check_account
from evergrow.intake.kinds.upsert import upsert
from evergrow.intake.kinds.values import choice, currency, money, text

STATUSES = {
    InvoiceStatus.PAID.value: ("settled", "succeeded", "已付", "已支付", "已付款", "已结清"),
    InvoiceStatus.OPEN.value: (
        "unpaid",
        "pending",
        "due",
        "issued",
        "sent",
        "draft",
        "未付",
        "待付款",
        "待支付",
        "未支付",
    ),
    InvoiceStatus.OVERDUE.value: ("late", "past_due", "逾期", "已逾期"),
    InvoiceStatus.VOID.value: (
        "voided",
        "cancelled",
        "canceled",
        "refunded",
        "uncollectible",
        "作废",
        "已作废",
        "已取消",
    ),
}


def check(chunk: Chunk) -> None:
    check_account(chunk)
    today = chunk.workspace.today()
    chunk.values["derived_status"] = [
        InvoiceStatus.PAID if paid else InvoiceStatus.OVERDUE if due and due < today else InvoiceStatus.OPEN
        for paid, due in zip(chunk.column("paid_on"), chunk.column("due_on"), strict=True)
    ]


def write(chunk: Chunk) -> Tally:
    made = ("account", "account_number", "derived_status")
    columns = {key: values for key, values in chunk.values.items() if key not in made}
    return upsert(chunk, Invoice, columns, defaults={"status": chunk.column("derived_status")})


KIND = Kind(
    key="invoices",
    label=_("Invoices"),
    about=_("What was billed and whether it was paid. Overdue invoices count in the health score."),
    icon="file-invoice",
    fields=(
        Field(
            "external_id",
            _("invoice id"),
            text(200),
        ),
        ACCOUNT,
        Field(
            "issued_on",
            _("issued"),
            day,
            is_required=True,
            looks_like="date",
        ),
        Field(
            "amount",
            _("amount"),
            money,
            is_required=True,
            looks_like="money",
        ),
        Field("currency", _("currency"), currency),
        Field(
            "status",
            _("status"),
            choice(STATUSES),
            shown=dict(InvoiceStatus.choices),
        ),
        Field("due_on", _("due"), day, looks_like="date"),
        Field(
            "paid_on",
            _("paid on"),
            day,
            looks_like="date",
        ),
    ),
    check=check,
    write=write,
    id_from_row="external_id",
    example=(
        ("invoice_id", "account_id", "invoice_date", "amount", "payment_status", "due_date", "paid_at"),
        ("F-2001", "C-1001", "2026-02-01", "4,900.00", "paid", "2026-03-03", "2026-02-11"),
        ("F-2002", "C-1001", "2026-03-01", "4,900.00", "未付", "2026-03-31", ""),
        ("F-2003", "C-1003", "2025/12/1", "¥1,980", "paid", "", "2025/12/9"),
    ),
)
