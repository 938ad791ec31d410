"""What a page's address tells: the page itself, and the campaign in its query."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

CAMPAIGN = {
    "name": ("utm_campaign", "mtm_campaign", "pk_campaign"),
    "source": ("utm_source", "mtm_source", "pk_source"),
    "medium": ("utm_medium", "mtm_medium", "pk_medium"),
    "term": ("utm_term", "mtm_keyword", "pk_kwd"),
    "content": ("utm_content", "mtm_content", "pk_content"),
}


def context(url: Any, title: Any = None, referrer: Any = None) -> dict[str, Any]:
    """The context of a message that came from a page: ``page`` and, where the address names one, ``campaign``."""
    page = {"url": url, "title": title, "referrer": referrer}
    fields: dict[str, str] = {}
    if isinstance(url, str):
        try:
            parts = urlsplit(url)
            fields = dict(parse_qsl(parts.query, max_num_fields=200))
            page |= {"path": parts.path, "search": f"?{parts.query}" if parts.query else ""}
        except ValueError:
            pass
    campaign = {
        part: next((fields[name] for name in names if fields.get(name)), "") for part, names in CAMPAIGN.items()
    }
    found: dict[str, Any] = {"page": {name: value for name, value in page.items() if value}}
    if any(campaign.values()):
        found["campaign"] = {part: value for part, value in campaign.items() if value}
    return found
