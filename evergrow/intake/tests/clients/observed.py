"""The application as it is served, and beside it addresses for tests that make sources and look into its stores.

An in-process event store belongs to the process that serves, so a test that wants to see what arrived must ask there.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from django.db import close_old_connections

from evergrow import asgi, warehouse
from evergrow.customers.models import Account, Identifier
from evergrow.intake.capture.app import capture_app
from evergrow.intake.models import Reject
from evergrow.workspaces.actions.keys import create_key
from evergrow.workspaces.models import Workspace

EVENTS = """
    select event, message_id, distinct_id, person, account, properties, source, sequence,
           toUnixTimestamp64Milli(at) as at, toUnixTimestamp64Milli(original_at) as original_at,
           toUnixTimestamp64Milli(received_at) as received_at
    from events where workspace_id = {workspace_id:UInt32} order by received_at, sequence
"""
EVENT_FIELDS = (
    "event", "message_id", "distinct_id", "person", "account", "properties", "source", "sequence",
    "at", "original_at", "received_at",
)  # fmt: skip


def source(slug: str) -> dict[str, Any]:
    """A new workspace with a write key."""
    workspace = Workspace.objects.create(slug=slug, name=slug)
    _, secret = create_key(workspace=workspace, kind="write", name="Web", by=None)
    capture_app.keys.refresh()  # a new key works within two seconds, or now
    return {"workspace": workspace.pk, "key": secret}


def events(workspace: int) -> list[dict[str, Any]]:
    """Everything that counts, in the order it came in."""
    found = warehouse.rows(EVENTS, workspace_id=int(workspace))
    return [{**dict(zip(EVENT_FIELDS, row, strict=True)), "properties": dict(row[5])} for row in found]


def rejects(workspace: int) -> list[dict[str, Any]]:
    """Everything that was refused but kept, in the order it came in."""
    return list(Reject.objects.filter(workspace=workspace).order_by("pk").values("code", "detail", "raw", "envelope"))


def people(workspace: int) -> list[dict[str, Any]]:
    """One entry an id: whose it is, and what is known of them."""
    found = Identifier.objects.filter(workspace=workspace).select_related("person").order_by("pk")
    return [
        {
            "kind": each.kind,
            "id": each.value,
            "person": each.person.number,
            "name": each.person.name,
            "email": each.person.email,
            "traits": each.person.traits,
            "is_anonymous": each.person.is_anonymous,
        }
        for each in found
    ]


def accounts(workspace: int) -> list[dict[str, Any]]:
    return list(Account.objects.filter(workspace=workspace).order_by("pk").values("number", "name", "external_id"))


QUESTIONS: dict[str, Callable[..., Any]] = {
    f"/-/{each.__name__}": each for each in (source, events, rejects, people, accounts)
}


async def application(scope: Any, receive: Any, send: Any) -> None:
    question = QUESTIONS.get(scope.get("path", ""))
    if question is None:
        await asgi.application(scope, receive, send)
        return
    body = await asyncio.to_thread(_answer, question, orjson.loads((await receive())["body"]))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def _answer(question: Callable[..., Any], given: dict[str, Any]) -> bytes:
    close_old_connections()
    try:
        return orjson.dumps(question(**given))
    finally:
        close_old_connections()
