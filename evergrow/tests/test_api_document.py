"""Every operation of the API keeps its own promises, whatever is sent to it.

Schemathesis reads the OpenAPI document and makes good and bad requests from it; they go straight into the WSGI
application. Those that it derives from the document by rule are sent once, on SQLite. Some of any shape for each
operation are sent once too, on PostgreSQL, which refuses more: making one costs as much as sending ten.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache as once
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, settings
from pydantic import BaseModel
from schemathesis import Case, GenerationMode, checks
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis.builder import InvalidHeadersExampleMark, MissingPathParameters
from schemathesis.generation.meta import TestPhase
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.schemas import APIOperation, BaseSchema

from conftest import made_once, make_member
from evergrow.api import api
from evergrow.tests.test_api_gates import EVERY
from evergrow.warehouse.tests.stage import empty_store
from evergrow.workspaces import actions
from evergrow.workspaces.api import tokens
from evergrow.workspaces.models import Role, Workspace

QUICK = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate if connection.vendor == "postgresql" else Phase.explicit],
    suppress_health_check=list(HealthCheck),
)
OF_A_KIND = 2
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


def made_of(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every shape of ours, of what comes in and of what goes out."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("evergrow."):
            yield each
        yield from made_of(each)


@pytest.mark.once
def test_no_two_shapes_of_the_document_have_one_name() -> None:
    """The document holds each shape under the name of its class: the later of two would stand for both."""
    places: dict[str, set[str]] = {}
    for each in made_of(BaseModel):
        places.setdefault(each.__name__, set()).add(each.__module__)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def document() -> dict[str, Any]:
    """The document without its security: each request carries a good token. Bad ones have a test of their own."""
    found = api.get_openapi_schema()
    for operations in found["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return found


@once
def described() -> tuple[BaseSchema, FeedbackSources, dict[str, APIOperation]]:
    """The document as Schemathesis reads it, what it found in our code to send, and the operations by their labels."""
    found = schemathesis.openapi.from_dict(document())
    found.app = get_wsgi_application()
    found.config.generation.update(modes=list(GenerationMode))
    found.config.phases.coverage.enabled = Phase.explicit in QUICK.phases
    operations = [result.ok() for result in found.get_all_operations()]
    sources = FeedbackSources(constants_value_source=make_constants_value_source(found))
    return found, sources, {operation.label: operation for operation in operations}


# Read from the routers, as the document is: making the document costs seconds in every process that collects tests.
LABELS = sorted(re.sub(r"{\w+:", "{", name.replace(" ", " /api/v1", 1)) for name in EVERY)


@pytest.fixture
def same_connection() -> Iterator[None]:
    """Keep the test's transaction open between requests, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The token of an owner of a workspace with some things in it."""
    with made_once(django_db_blocker):
        workspace = Workspace.objects.create(slug="acme", name="Acme", zone="Asia/Shanghai", currency="CNY")
        alice = make_member(workspace, "Alice", Role.OWNER)
        make_member(workspace, "Bob")
        _, secret = actions.create_key(workspace=workspace, kind="api", name="tester", role="owner", by=alice)
        yield secret


@pytest.fixture
def bearer(owner: str, db: None, same_connection: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The owner's token, in a workspace as it was made: what one test does, no other sees."""
    cache.clear()
    empty_store()
    monkeypatch.setattr(tokens, "CALLS_A_MINUTE", 1_000_000)
    return owner


@pytest.mark.once
def test_every_operation_of_the_document_is_tried() -> None:
    assert sorted(described()[2]) == LABELS


@QUICK
def keeps_its_promises(case: Case, bearer: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}", "Accept-Encoding": "identity"}, checks=CHECKS)


def few_of_each(examples: list[Any]) -> list[Any]:
    """At most ``OF_A_KIND`` of what was derived by one rule for one place (query, body …): a body of thirty fields
    would be sent two hundred times with one of them of the wrong type.
    """
    found: Counter[Any] = Counter()
    kept = []
    for example in examples:
        made = example.kwargs["case"].meta.phase
        kind = (made.data.scenario, made.data.parameter_location) if made.name is TestPhase.COVERAGE else None
        found[kind] += 1
        if kind is None or found[kind] <= OF_A_KIND:
            kept.append(example)
    return kept


@pytest.mark.parametrize("label", LABELS)
def test_operation(label: str, bearer: str) -> None:
    """What is sent is made when the test runs, not when tests are collected: that would cost every process a minute."""
    schema, sources, operations = described()
    test = build_operation_test(
        config=schema.config,
        operation=operations[label],
        test_func=keeps_its_promises,
        given_kwargs={},
        feedback=sources,
    )
    test.hypothesis_explicit_examples = few_of_each(getattr(test, "hypothesis_explicit_examples", []))
    assert test.hypothesis_explicit_examples or Phase.explicit not in QUICK.phases, "nothing is sent to it"
    test(bearer=bearer)
    assert InvalidHeadersExampleMark.get(test) is None
    assert not MissingPathParameters.get(test)
