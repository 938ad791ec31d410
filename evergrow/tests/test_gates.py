"""Every address × the roles × a stranger. A room's addresses and their abilities stand in its tests/url_table.py.

A page knows what its visitor may, never the name of a role, and a higher role may whatever a lower one may. So each
address is asked by every role that may not, by the lowest that may, and by the owner: what those between are answered,
gates are asked about here and in ``test_api_gates.py``.
"""

import importlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from evergrow.tests.conftest import Cast
from evergrow.urls import ROOMS
from evergrow.workspaces.access import ABILITIES, gate
from evergrow.workspaces.models import Role
from evergrow.workspaces.ranks import ORDER

TABLES = [importlib.import_module(f"evergrow.{room}.tests.url_table") for room in ROOMS]
GATED: dict[str, tuple[str, str, Any]] = {name: row for table in TABLES for name, row in table.GATED.items()}
PUBLIC = {name for table in TABLES for name in table.PUBLIC} | {"set_language"}


def addresses(resolver: URLResolver, namespace: str = "", route: str = "") -> list[tuple[str, str, URLPattern]]:
    found = []
    for part in resolver.url_patterns:
        here = route + str(part.pattern)
        if isinstance(part, URLResolver):
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            found += addresses(part, inner, here)
        else:
            found.append((f"{namespace}{part.name}", here, part))
    return found


EVERY = addresses(get_resolver())


def test_every_address_stands_in_the_table() -> None:
    known = set(GATED) | PUBLIC
    missing = [n for n, route, _ in EVERY if n not in known and not route.startswith(("api/", "static/"))]
    assert not missing, f"Add these to their room's tests/url_table.py: {missing}"


def test_the_table_names_no_address_that_is_gone() -> None:
    assert (set(GATED) | PUBLIC) <= {name for name, _, _ in EVERY}


def test_every_workspace_page_declares_the_ability_of_the_table() -> None:
    wrong = {
        name: (getattr(part.callback, "ability", None), GATED[name][0])
        for name, _, part in EVERY
        if name in GATED and getattr(part.callback, "ability", None) != GATED[name][0]
    }
    assert not wrong


def asker(name: str, cast: Cast) -> Callable[[str], int]:
    """The status of the answer that one of the cast, or nobody (""), has from an address of the table."""
    workspace, (_, method, arguments) = cast.workspace, GATED[name]
    kwargs = arguments(workspace) if callable(arguments) else arguments
    url = reverse(name, kwargs={"workspace": workspace.slug, **kwargs})

    def ask(who: str) -> int:
        client = cast.browser(who, raise_request_exception=True)
        return client.generic(method, url, content_type="application/x-www-form-urlencoded").status_code

    return ask


def telling_roles(ability: str) -> list[Role]:
    """Every role that may not, the lowest that may, and the owner."""
    able = [role for role in ORDER if ability in ABILITIES[role]]
    return [role for role in ORDER if role not in able[1:-1]]


def test_a_higher_role_may_whatever_a_lower_one_may() -> None:
    assert set(ORDER) == set(Role) == set(ABILITIES)
    assert all(ABILITIES[lower] < ABILITIES[higher] for lower, higher in pairwise(ORDER))


@pytest.mark.parametrize("ability", sorted(ABILITIES[Role.OWNER]))
def test_a_gate_lets_in_every_role_that_may_and_no_other(ability: Any, cast: Cast, rf: RequestFactory) -> None:
    page = gate(ability)(lambda request: HttpResponse(request.member.role))
    members = list(cast.workspace.members.select_related("user"))
    assert {member.role for member in members} == set(Role)
    for member in members:
        request = rf.get("/")
        request.user = member.user
        if ability in ABILITIES[member.role]:
            assert page(request, workspace="acme").content.decode() == member.role
        else:
            with pytest.raises(PermissionDenied):
                page(request, workspace="acme")


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(GATED))
def test_gate(name: str, cast: Cast) -> None:
    (ability, method, _), ask = GATED[name], asker(name, cast)
    assert ask("stranger") == 404, "a stranger to the workspace"
    assert ask("") == 302, "somebody who has not signed in"
    for role in telling_roles(ability):
        status = ask(role)
        if ability in ABILITIES[role]:
            assert status not in (302, 403) or (status == 302 and method != "GET"), f"{role} may: {status}"
        else:
            assert status == 403, f"{role} may not: {status}"


@pytest.mark.postgresql
@pytest.mark.parametrize("name", sorted(GATED))
def test_its_owner_is_answered(name: str, cast: Cast) -> None:
    """No address asks the store a question that it refuses. (On SQLite ``test_gate`` says so for the roles.)"""
    method, status = GATED[name][1], asker(name, cast)("alice")
    assert status not in (302, 403) or (status == 302 and method != "GET")
