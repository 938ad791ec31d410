"""钉钉 group robot: Markdown of at most 20,000 bytes, 20 messages a minute; over it ten minutes of block.

Signed with ``HMAC-SHA256(key = secret, message = "<milliseconds>\\n<secret>")``, base64, as parameters of the address;
the time may be off by an hour at most. https://open.dingtalk.com/document/robots/custom-robot-access
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime

import httpx
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.channels import webhook
from evergrow.workspaces.notices.channels.outcome import OK, Outcome
from evergrow.workspaces.notices.message import Message

MOST_BYTES = 19_000
TOO_OFTEN = {130101, 410100, 90030}
BLOCKED = 600.0
SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|])")


def send(delivery: Delivery, message: Message) -> Outcome:
    robot = delivery.robot
    assert robot is not None
    title = " ".join(message.title.split())[:100]
    body = {"msgtype": "markdown", "markdown": {"title": title, "text": webhook.cut(text(message), MOST_BYTES)}}
    params = signature(robot.secret, clock.now()) if robot.secret else None
    return webhook.post(robot.address, body, _read, params=params)


def signature(secret: str, now: datetime) -> dict[str, str]:
    """The parameters ``timestamp`` and ``sign``."""
    timestamp = str(round(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def text(message: Message) -> str:
    lines = [f"#### {_plain(message.title)}"]
    lines += [
        f"- [{_plain(line.text)}]({line.url})" if line.url else f"- {_plain(line.text)}" for line in message.lines
    ]
    if message.more:
        lines.append(_("- and %(n)s more") % {"n": message.more})
    return "\n".join(lines)


def _plain(words: str) -> str:
    return SIGNS.sub(r"\\\1", " ".join(words.split()))


def _read(answer: httpx.Response) -> Outcome:
    found = webhook.fields(answer)
    code, said = found.get("errcode"), f"{found.get('errcode')} {found.get('errmsg', '')}"[:200]
    if code == 0:
        return OK
    if code in TOO_OFTEN:
        return Outcome("retry_after", said, BLOCKED)
    if code == -1:
        return Outcome("retry_after", said)
    return Outcome("permanent", said)
