"""Ids that a workspace says stand for nobody, besides those that do everywhere (``messages.NOBODY``)."""

from collections.abc import Collection, Sequence

from evergrow.customers.models import RefusedId
from evergrow.intake.capture import messages
from evergrow.intake.capture.messages import Bad, Message
from evergrow.workspaces.models import Workspace


def set_apart() -> set[int]:
    """The workspaces with such ids; each of their messages is looked at."""
    return set(RefusedId.objects.values_list("workspace", flat=True).distinct())


def ids(workspace: Workspace) -> set[str]:
    """Such ids, in small letters."""
    return set(RefusedId.objects.filter(workspace=workspace).values_list("value", flat=True))


def strike(given: Sequence[Message], refused: Collection[str]) -> tuple[list[Message], list[Bad]]:
    """The messages without the ids that stand for nobody, and those that are left without any."""
    good: list[Message] = []
    bad: list[Bad] = []
    for message in given if refused else ():
        had = message.user or message.anonymous
        if message.user.lower() in refused:
            message.user = ""
        if message.anonymous.lower() in refused:
            message.anonymous = ""
        is_nobodys = had and not (message.user or message.anonymous)
        if is_nobodys or (message.type == "alias" and message.previous.lower() in refused):
            found = messages.refused(message, "rejected_id")
            found.detail = (had if is_nobodys else message.previous)[:100]
            bad.append(found)
        else:
            good.append(message)
    return (good, bad) if refused else (list(given), [])
