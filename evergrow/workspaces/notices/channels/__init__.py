"""The ways out, an adapter each: ``send(delivery, message) → Outcome``. They keep nothing and never raise."""

from evergrow.workspaces import sealed
from evergrow.workspaces.notices.channel_models import Channel, Delivery
from evergrow.workspaces.notices.channels import dingtalk, feishu, mail, slack, wecom
from evergrow.workspaces.notices.channels.outcome import Outcome
from evergrow.workspaces.notices.message import Message

_ADAPTERS = {
    Channel.MAIL: mail.send,
    Channel.WECOM: wecom.send,
    Channel.DINGTALK: dingtalk.send,
    Channel.FEISHU: feishu.send,
    Channel.SLACK: slack.send,
}
# The shortest time between two messages of one robot, in seconds, a little longer than the vendor asks: 企业微信 and
# 钉钉 20 a minute, 飞书 100 a minute and 5 a second, Slack 1 a second.
GAPS = {Channel.WECOM: 3.1, Channel.DINGTALK: 3.1, Channel.FEISHU: 0.65, Channel.SLACK: 1.1, Channel.MAIL: 0.0}


def send(delivery: Delivery, message: Message) -> Outcome:
    """Send one message and say what became of it."""
    try:
        return _ADAPTERS[Channel(delivery.channel)](delivery, message)
    except sealed.CannotOpen:
        return Outcome("permanent", sealed.sentence())
