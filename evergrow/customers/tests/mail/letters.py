"""Letters as programmes write them."""

from email.message import EmailMessage
from typing import Any

HEADS = {
    "Message-ID": "<one@kite.example>",
    "From": "Daniel Moore <Daniel@Kite.example>",
    "To": "Bob <bob@example.com>",
    "Subject": "Slow export",
    "Date": "Tue, 24 Mar 2026 10:00:00 +0800",
}


def letter(text: str = "The export is slow.", files: dict[str, bytes] | None = None, **heads: Any) -> bytes:
    """A mail in bytes; ``In_Reply_To=…`` is the header In-Reply-To, None leaves one out."""
    message = EmailMessage()
    named = {name.replace("_", "-"): value for name, value in heads.items()}
    for name, value in {**HEADS, **named}.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
