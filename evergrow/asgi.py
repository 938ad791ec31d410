"""One server process: capture and pages side by side, jobs and mails in threads of their own, a process that drains."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from evergrow import warehouse  # noqa: E402
from evergrow.customers.mail.door import door as mail  # noqa: E402
from evergrow.intake.capture.app import capture_app, claims  # noqa: E402
from evergrow.intake.capture.service import service as capture  # noqa: E402
from evergrow.lib import pauses  # noqa: E402
from evergrow.workspaces.worker import Worker  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PAGE_THREADS = 8
log = logging.getLogger(__name__)

pages = WSGIMiddleware(WSGIHandler(), workers=PAGE_THREADS)
worker = Worker(is_alone=not settings.CLICKHOUSE_URL)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Give capture its own lean door, everything else to Django in a pool of threads."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif claims(scope["path"]):
        await capture_app(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Start and stop what runs beside the requests."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            if not await begin(send):
                return
            await send({"type": "lifespan.startup.complete"})
        else:
            await asyncio.to_thread(mail.stop)
            await asyncio.to_thread(worker.stop)
            await asyncio.to_thread(capture.stop)
            await asyncio.to_thread(warehouse.close)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def begin(send: Send) -> bool:
    """Open the event store and start the threads; False when the store belongs to another process.

    A server that is away for a moment does not stop the start: the spool holds what comes in until it is back.
    """
    try:
        await asyncio.to_thread(warehouse.migrate)
    except warehouse.StoreUnavailable as error:
        if not settings.CLICKHOUSE_URL:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return False
        log.warning("%s Events wait in the spool.", error)
    try:
        await asyncio.to_thread(mail.start)
    except OSError as error:
        where = f"{settings.MAIL_BIND}:{settings.MAIL_PORT}"
        words = f"Cannot take mails on {where} ({error.strerror}). Set another EVERGROW_MAIL_PORT."
        await send({"type": "lifespan.startup.failed", "message": words})
        return False
    keep_pauses_short()
    capture.start()
    await asyncio.to_thread(worker.start)
    return True


def keep_pauses_short() -> None:
    """Answer quickly while a thread of ours computes: hand over sooner, and look for garbage less often.

    Draining makes and drops hundreds of thousands of small objects; a full collection of them stops everybody.
    """
    pauses.keep_short()
    sys.setswitchinterval(0.0005)
