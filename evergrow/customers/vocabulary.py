"""Words that many customers' data hold, said in the reader's language; every other word is shown as it came."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_WORDS: dict[str, Promise] = {
    # Countries
    "Australia": pgettext_lazy("data", "Australia"),
    "Brazil": pgettext_lazy("data", "Brazil"),
    "Canada": pgettext_lazy("data", "Canada"),
    "China": pgettext_lazy("data", "China"),
    "France": pgettext_lazy("data", "France"),
    "Germany": pgettext_lazy("data", "Germany"),
    "India": pgettext_lazy("data", "India"),
    "Japan": pgettext_lazy("data", "Japan"),
    "Singapore": pgettext_lazy("data", "Singapore"),
    "South Korea": pgettext_lazy("data", "South Korea"),
    "United Kingdom": pgettext_lazy("data", "United Kingdom"),
    "United States": pgettext_lazy("data", "United States"),
    # Industries
    "Education": pgettext_lazy("data", "Education"),
    "Finance": pgettext_lazy("data", "Finance"),
    "Healthcare": pgettext_lazy("data", "Healthcare"),
    "Home Services": pgettext_lazy("data", "Home Services"),
    "Logistics": pgettext_lazy("data", "Logistics"),
    "Manufacturing": pgettext_lazy("data", "Manufacturing"),
    "Media": pgettext_lazy("data", "Media"),
    "Professional Services": pgettext_lazy("data", "Professional Services"),
    "Real Estate": pgettext_lazy("data", "Real Estate"),
    "Retail": pgettext_lazy("data", "Retail"),
    "Technology": pgettext_lazy("data", "Technology"),
    # Channels
    "Direct": pgettext_lazy("data", "Direct"),
    "Email": pgettext_lazy("data", "Email"),
    "Event": pgettext_lazy("data", "Event"),
    "Organic Search": pgettext_lazy("data", "Organic Search"),
    "Paid Search": pgettext_lazy("data", "Paid Search"),
    "Paid Social": pgettext_lazy("data", "Paid Social"),
    "Partner": pgettext_lazy("data", "Partner"),
    "Referral": pgettext_lazy("data", "Referral"),
}


def said(value: str) -> str:
    """A value of an account's country, industry or channel for the reader."""
    return str(_WORDS.get(value, value))
