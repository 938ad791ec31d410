"""Other doors to measure ours against: a bare handler, one fsync per request, a Django view.

The last two drain beside answering as ours does; the bare one only appends.
"""

import asyncio
import os
from typing import Any

import django as framework

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
framework.setup()

import orjson  # noqa: E402
from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from evergrow.intake.capture import answers, credentials, decode, frames  # noqa: E402
from evergrow.intake.capture.app import Capture  # noqa: E402
from evergrow.intake.capture.inflow import read_body  # noqa: E402
from evergrow.intake.capture.service import service  # noqa: E402
from evergrow.intake.capture.spool import Spool  # noqa: E402
from evergrow.lib import clock  # noqa: E402
from evergrow.workspaces.actions.keys import find_key  # noqa: E402


async def _live(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Decode, append, fsync in groups, answer; nobody asks who it is."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    if scope["method"] == "POST":
        body = await read_body(receive, {})
        orjson.loads(body)
        await service.spool.append(body, asyncio.get_running_loop())
    return await answers.ACCEPTED.send(send, [])


_capture = Capture()


async def single_fsync(scope: Any, receive: Any, send: Any) -> None:
    """Our door over a spool that makes each request durable by itself."""
    if scope["type"] == "lifespan":
        service._spool = Spool(settings.DATA / "spool", group=False)
        service._spool.start()
        service.start()
        return await _live(receive, send)
    return await _capture(scope, receive, send)


@csrf_exempt
def _view(request: HttpRequest, **_: Any) -> HttpResponse:
    if request.method == "POST":
        key = find_key(credentials.from_header(request.headers.get("Authorization", "")), "write")
        if key is None:
            return HttpResponse(status=401)
        text = decode.unpack(request.body, request.headers.get("Content-Encoding", ""), request.content_type or "")
        decode.read_json(text)
        about = {"w": key.workspace_id, "k": key.pk, "s": key.name, "t": request.path.rpartition("/")[2]}
        service.spool.write(frames.pack(about | {"r": int(clock.now().timestamp() * 1000)}, text))
    return HttpResponse(answers.ACCEPTED.body, content_type="application/json")


urlpatterns = [path("health", _view), path("v1/batch", _view), path("v1/track", _view)]
_pages = WSGIMiddleware(WSGIHandler(), workers=8)


async def django(scope: Any, receive: Any, send: Any) -> None:
    """A Django view with the same steps, in a pool of eight threads."""
    if scope["type"] == "lifespan":
        settings.ROOT_URLCONF = __name__
        service.start()
        return await _live(receive, send)
    await _pages(scope, receive, send)
    return None
