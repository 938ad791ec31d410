"""Slack incoming webhook: mrkdwn with only ``& < >`` to escape, one message a second, 429 with Retry-After.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import httpx
from django.utils.translation import gettext as _

from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.channels import webhook
from evergrow.workspaces.notices.channels.outcome import OK, Outcome
from evergrow.workspaces.notices.message import Message

MOST_BYTES = 38_000
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def send(delivery: Delivery, message: Message) -> Outcome:
    assert delivery.robot is not None
    return webhook.post(delivery.robot.address, {"text": webhook.cut(text(message), MOST_BYTES)}, _read)


def text(message: Message) -> str:
    lines = [f"*{_plain(message.title)}*"]
    lines += [f"• <{line.url}|{_label(line.text)}>" if line.url else f"• {_plain(line.text)}" for line in message.lines]
    if message.more:
        lines.append(_("• and %(n)s more") % {"n": message.more})
    return "\n".join(lines)


def _plain(words: str) -> str:
    return " ".join(words.split()).translate(ESCAPES)


def _label(words: str) -> str:
    """The text of a link, which ends at a bar."""
    return _plain(words).replace("|", "¦")


def _read(answer: httpx.Response) -> Outcome:
    return OK if answer.text.strip() == "ok" else Outcome("permanent", answer.text[:200])
