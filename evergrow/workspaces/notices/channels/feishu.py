"""飞书 group robot: a post (rich text without markup), at most 20 KB, 5 messages a second and 100 a minute.

Signed with ``HMAC-SHA256(key = "<seconds>\\n<secret>", message = "")``, base64, in the body; the time may be off by an
hour at most. Full and half hours are crowded and answered with 11232: what is not urgent keeps away from them.
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.channels import webhook
from evergrow.workspaces.notices.channels.outcome import OK, Outcome
from evergrow.workspaces.notices.message import Message

MOST_BYTES = 19_000
TOO_OFTEN = {11232, 9499}
CROWD = timedelta(seconds=90)


def send(delivery: Delivery, message: Message) -> Outcome:
    robot = delivery.robot
    assert robot is not None
    signed = signature(robot.secret, clock.now()) if robot.secret else {}
    return webhook.post(robot.address, {**signed, **body(message)}, _read)


def signature(secret: str, now: datetime) -> dict[str, str]:
    """The fields ``timestamp`` and ``sign``."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def body(message: Message) -> dict[str, Any]:
    """The post, with as many lines as fit; the rest is counted."""
    lines, more = list(message.lines), message.more
    while True:
        rows: list[list[dict[str, str]]] = [
            [{"tag": "a", "text": line.text, "href": line.url} if line.url else {"tag": "text", "text": line.text}]
            for line in lines
        ]
        if more:
            rows.append([{"tag": "text", "text": _("and %(n)s more") % {"n": more}}])
        language = "zh_cn" if (get_language() or "").startswith("zh") else "en_us"
        made = {
            "msg_type": "post",
            "content": {"post": {language: {"title": webhook.cut(message.title, 400), "content": rows}}},
        }
        if len(orjson.dumps(made)) <= MOST_BYTES or not lines:
            return made
        lines.pop()
        more += 1


def quiet_until(now: datetime) -> datetime:
    """``now``, or the end of the crowd around a full or half hour."""
    since = timedelta(minutes=now.minute % 30, seconds=now.second, microseconds=now.microsecond)
    return now - since + CROWD if since < CROWD else now


def _read(answer: httpx.Response) -> Outcome:
    found = webhook.fields(answer)
    code = found.get("code", found.get("StatusCode"))
    said = f"{code} {found.get('msg', found.get('StatusMessage', ''))}"[:200]
    if code == 0:
        return OK
    return Outcome("retry_after", said, 60.0) if code in TOO_OFTEN else Outcome("permanent", said)
