"""Touches: marketing contacts before and around the sign-up."""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Touch
from evergrow.intake.kinds.dates import day
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.references import ACCOUNT, check_account
from evergrow.intake.kinds.upsert import upsert
from evergrow.intake.kinds.values import text, whole


def write(chunk: Chunk) -> Tally:
    columns = {key: values for key, values in chunk.values.items() if key not in ("account", "account_number")}
    return upsert(chunk, Touch, columns)


KIND = Kind(
    key="touches",
    label=_("Touches"),
    about=_("Marketing contacts of an account: which channel and campaign, and when."),
    icon="speakerphone",
    fields=(
        Field("external_id", _("touch id"), text(200)),
        ACCOUNT,
        Field(
            "touched_on",
            _("date"),
            day,
            is_required=True,
            looks_like="date",
        ),
        Field(
            "channel",
            _("channel"),
            text(80),
            is_required=True,
        ),
        Field(
            "campaign",
            _(
                "campaign",
            ),
            text(120),
        ),
        Field("position", _("position"), whole),
    ),
    check=check_account,
    write=write,
    id_from_row="external_id",
    example=(
        ("touch_id", "account_id", "touch_date", "channel", "campaign_id", "touch_position"),
        ("T-1", "C-1001", "2025-03-02", "Paid Search", "PS_Brand", "1"),
        ("T-2", "C-1001", "2025-03-15", "微信公众号", "WX_CaseStudy", "2"),
        ("T-3", "C-1002", "2025-06-28", "Referral", "REF_Customer", "1"),
    ),
)
