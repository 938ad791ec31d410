"""One process: capture and pages side by side, the jobs in a thread of their own."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from evergrow.workspaces.worker import Worker  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PAGE_THREADS = 8

pages = WSGIMiddleware(WSGIHandler(), workers=PAGE_THREADS)
worker = Worker(is_alone=not settings.CLICKHOUSE_URL)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Give capture its own lean door, everything else to Django in a pool of threads."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    else:
        await pages(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Start and stop what runs beside the requests."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            worker.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            worker.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
