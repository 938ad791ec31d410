"""What PostHog's clients ask besides sending events: settings, flags, surveys. There are none here, and we say so.

Recordings, logs and measurements are heard, so that no client tries again for ever, and not kept.
"""

import hashlib
import uuid

import orjson

from evergrow.intake.capture import answers, credentials, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats import posthog
from evergrow.intake.capture.formats.format import Door, Format, Page
from evergrow.intake.capture.requests import Request
from evergrow.lib import clock

CONFIG = {
    "supportedCompression": ["gzip", "gzip-js"],
    "hasFeatureFlags": True,  # else nobody who waits for flags hears that there are none
    "captureDeadClicks": False,
    "capturePerformance": False,
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "analytics": {"endpoint": "/i/v0/e/"},
    "elementsChainAsString": True,
    "sessionRecording": False,
    "heatmaps": False,
    "surveys": False,
    "siteApps": [],
    "toolbarParams": {},
}
DEFINITIONS: dict[str, object] = {"flags": [], "group_type_mapping": {}, "cohorts": {}}
NO_KEY = Problem(401, "invalid_api_key", "The project's key is unknown or was revoked. Make one under Settings, Keys.")


async def config(request: Request, door: Door) -> Answer:
    """The settings of a browser's client as JSON."""
    if await door.known(request.place) is None:
        return posthog.refused(request, NO_KEY)
    return answers.json(200, {"token": request.place, **CONFIG})


async def config_script(request: Request, door: Door) -> Answer:
    """The same as a script."""
    if await door.known(request.place) is None:
        return posthog.refused(request, NO_KEY)
    ours = orjson.dumps({"config": {"token": request.place, **CONFIG}, "siteApps": []})
    name = b"_POSTHOG_REMOTE_CONFIG"
    script = b"(function(){window.%b=window.%b||{};window.%b[%b]=%b})();"
    body = script % (name, name, name, orjson.dumps(request.place), ours.replace(b"<", b"\\u003c"))
    return answers.Answer(200, body, ((b"content-type", b"text/javascript; charset=utf-8"),))


async def flags(request: Request, door: Door) -> Answer:
    """No flag is on, and nothing went wrong while we looked."""
    if not await _asks_with_a_key(request, door):
        return posthog.refused(request, NO_KEY)
    none = {"flags": {}, "errorsWhileComputingFlags": False, "quotaLimited": [], "requestId": str(uuid.uuid4())}
    none["evaluatedAt"] = int(clock.now().timestamp() * 1000)
    return answers.json(200, none | (CONFIG if request.fields.get("config") == "true" else {}))


async def decide(request: Request, door: Door) -> Answer:
    """The same in the shapes of older clients, with their settings."""
    if not await _asks_with_a_key(request, door):
        return posthog.refused(request, NO_KEY)
    version = request.fields.get("v", "1")
    none: dict[str, object] = {"errorsWhileComputingFlags": False, "featureFlags": [] if version == "1" else {}}
    if version == "4":
        none = {"errorsWhileComputingFlags": False, "flags": {}, "requestId": str(uuid.uuid4())}
    elif version == "3":
        none["featureFlagPayloads"] = {}
    return answers.json(200, CONFIG | none)


async def definitions(request: Request, door: Door) -> Answer:
    """The flags for a server that decides itself: none. It shows a personal key, and the project's in the address."""
    if not await _asks_with_a_key(request, door):
        return posthog.refused(request, NO_KEY)
    tag = b'"%b"' % hashlib.blake2b(orjson.dumps(DEFINITIONS), digest_size=8).hexdigest().encode()
    if request.header(b"if-none-match").removeprefix("W/") == tag.decode():
        return Answer(304, b"", ((b"etag", tag),))
    return answers.json(200, DEFINITIONS, (b"etag", tag))


async def surveys(request: Request, door: Door) -> Answer:
    """No surveys."""
    if not await _asks_with_a_key(request, door):
        return posthog.refused(request, NO_KEY)
    return answers.json(200, {"surveys": []})


async def heard(request: Request, door: Door) -> Answer:
    """Recordings, logs and measurements: heard and not kept, whoever sends them."""
    return posthog.ACCEPTED


async def _asks_with_a_key(request: Request, door: Door) -> bool:
    payload = decode.read_json(posthog.open_body(request)) if request.body else {}
    secrets = [credentials.from_header(request.header(b"authorization")), *posthog.keys(request, payload)]
    for secret in secrets:
        if await door.known(secret) is not None:
            return True
    return False


FORMAT = Format(
    name="posthog_pages",
    routes={
        "/array/{}/config": Page(answer=config),
        "/array/{}/config.js": Page(answer=config_script),
        "/flags": Page(answer=flags, methods=("POST",)),
        "/decide": Page(answer=decide, methods=("POST",)),
        "/flags/definitions": Page(answer=definitions),
        "/api/feature_flag/local_evaluation": Page(answer=definitions),
        "/api/surveys": Page(answer=surveys),
        "/s": Page(answer=heard, methods=("POST",)),
        "/i/v1/logs": Page(answer=heard, methods=("POST",)),
        "/i/v1/metrics": Page(answer=heard, methods=("POST",)),
    },
)
