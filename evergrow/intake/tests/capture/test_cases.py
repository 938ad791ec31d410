"""Every format's cases: what a client sends becomes these messages."""

import dataclasses

import orjson
import pytest

from evergrow.intake.capture import decode, messages
from evergrow.intake.capture.formats import ROUTES, Endpoint
from evergrow.intake.capture.frames import Frame
from evergrow.intake.capture.messages import Bad
from evergrow.intake.capture.requests import Request
from evergrow.intake.models.rejects import REASONS
from evergrow.intake.tests.capture import cases
from evergrow.intake.tests.capture.cases import Case


def read(name: str, case: Case, visitor: str = "visitor") -> list[dict]:
    """The messages of a case, each as the fields that the case names."""
    path, _, query = case.path.partition("?")
    route = ROUTES.find(path.rstrip("/"))
    assert route is not None
    assert route.format.name == name
    assert isinstance(route.target, Endpoint)
    headers = {key.lower().encode(): value for key, value in case.headers.items()}
    request = Request(case.method, path.rstrip("/"), query, headers, case.data, route.place)
    text = route.target.open(request)
    decode.read_json(text)
    about = {"w": 1, "k": 1, "s": "Web", "f": name, "t": route.target.kind, "r": cases.RECEIVED}
    if route.target.asks_visitor:
        about["v"] = visitor
    return [
        {"code": each.code} if isinstance(each, Bad) else dataclasses.asdict(each)
        for each in messages.read(Frame(0, about, text, len(text)), "segment")
    ]


@pytest.mark.parametrize(("name", "case"), cases.EVERY, ids=lambda part: str(part).replace(" ", "_"))
def test_what_is_sent_becomes_these_messages(name: str, case: Case) -> None:
    found = read(name, case)
    told = [
        {field: one[field] for field in wanted} if wanted.keys() <= one.keys() else {"code": one.get("code")}
        for one, wanted in zip(found, case.messages, strict=False)
    ]
    assert told == case.messages
    assert len(found) == len(case.messages)


@pytest.mark.parametrize("name", cases.TAKING)
def test_every_kind_of_endpoint_has_a_case(name: str) -> None:
    kinds = {target.kind for target in cases.FORMATS[name].routes.values() if isinstance(target, Endpoint)}
    routes = [ROUTES.find(case.path.partition("?")[0].rstrip("/")) for case in cases.of(name)]
    assert {route.target.kind for route in routes if isinstance(route.target, Endpoint)} == kinds


@pytest.mark.parametrize(("name", "case"), cases.EVERY, ids=lambda part: str(part).replace(" ", "_"))
def test_every_refusal_has_a_reason_in_words(name: str, case: Case) -> None:
    assert {each["code"] for each in case.messages if "code" in each} <= REASONS.keys()


@pytest.mark.parametrize(("name", "case"), cases.EVERY, ids=lambda part: str(part).replace(" ", "_"))
def test_an_item_says_the_same_when_it_is_sent_again_alone(name: str, case: Case) -> None:
    """What is refused is kept by itself and replayed: nothing of it may stand elsewhere in its request."""
    path, _, query = case.path.partition("?")
    route = ROUTES.find(path.rstrip("/"))
    headers = {key.lower().encode(): value for key, value in case.headers.items()}
    request = Request(case.method, path.rstrip("/"), query, headers, case.data, route.place)
    payload = decode.read_json(route.target.open(request))
    about = {"w": 1, "k": 1, "s": "Web", "f": name, "t": route.target.kind, "r": cases.RECEIVED, "v": "visitor"}
    about["sent"] = route.format.sent(payload)
    whole = read(name, case)
    for item, before in zip(route.format.items(payload, route.target.kind), whole, strict=True):
        text = orjson.dumps(item)
        (after,) = messages.read(Frame(0, about, text, len(text)), "segment")
        if isinstance(after, Bad):
            assert after.code == before.get("code")
        else:
            for field in ("type", "event", "user", "anonymous", "group", "properties", "traits", "profile", "at"):
                assert getattr(after, field) == before[field], field
