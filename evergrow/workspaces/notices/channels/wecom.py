"""企业微信 group robot: Markdown of at most 4,096 bytes, 20 messages a minute; only the address is secret.

https://developer.work.weixin.qq.com/document/path/91770
"""

import httpx
from django.utils.translation import gettext as _

from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.channels import webhook
from evergrow.workspaces.notices.channels.outcome import OK, Outcome
from evergrow.workspaces.notices.message import Message

MOST_BYTES = 4096
TOO_OFTEN, BUSY = 45009, -1
LOOK_ALIKES = str.maketrans("<>[]*`#", "＜＞［］＊｀＃")


def send(delivery: Delivery, message: Message) -> Outcome:
    assert delivery.robot is not None
    body = {"msgtype": "markdown", "markdown": {"content": webhook.cut(text(message), MOST_BYTES)}}
    return webhook.post(delivery.robot.address, body, _read)


def text(message: Message) -> str:
    """Its Markdown knows no escape, so signs of Markdown in names become their wide look-alikes."""
    lines = [f"**{_plain(message.title)}**"]
    lines += [
        f"> [{_plain(line.text)}]({line.url})" if line.url else f"> {_plain(line.text)}" for line in message.lines
    ]
    if message.more:
        lines.append(_("> and %(n)s more") % {"n": message.more})
    return "\n".join(lines)


def _plain(words: str) -> str:
    return " ".join(words.split()).translate(LOOK_ALIKES)


def _read(answer: httpx.Response) -> Outcome:
    found = webhook.fields(answer)
    code, said = found.get("errcode"), f"{found.get('errcode')} {found.get('errmsg', '')}"[:200]
    if code == 0:
        return OK
    if code in (TOO_OFTEN, BUSY):
        return Outcome("retry_after", said, 60.0)
    return Outcome("permanent", said)
