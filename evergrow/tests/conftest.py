"""A cast that has signed in once, for tests that ask every address."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import made_once, make_member
from evergrow.warehouse.tests.stage import empty_store
from evergrow.workspaces.models import Member, Role, Workspace
from evergrow.workspaces.tests.callers import caller


class Cast:
    """The members of acme, one of each role, and a stranger next door: as somebody in a browser, and as a program."""

    def __init__(self) -> None:
        acme = Workspace.objects.create(slug="acme", name="Acme", zone="Asia/Shanghai", currency="CNY")
        self.alice = make_member(acme, "Alice", Role.OWNER)
        neighbour = make_member(Workspace.objects.create(slug="next-door", name="Next Door"), "Mallory", Role.OWNER)
        self.acme, members = acme.pk, {role: make_member(acme, f"some-{role}", role) for role in Role}
        everybody: dict[str, Member] = {**members, "alice": self.alice, "stranger": neighbour}
        self._cookies = {name: self._sign_in(member) for name, member in everybody.items()}
        self._programs = {name: caller(member) for name, member in everybody.items()}

    def _sign_in(self, member: Member) -> str:
        client = Client()
        client.force_login(member.user)
        return client.cookies.output(header="")

    @property
    def workspace(self) -> Workspace:
        """Read anew: no test sees what another one left on the object."""
        return Workspace.objects.get(pk=self.acme)

    def browser(self, name: str, **more: Any) -> Client:
        """A client that is signed in as a role, ``alice`` or the ``stranger``; nobody with an empty name."""
        client = Client(**more)
        if name:
            client.cookies = SimpleCookie(self._cookies[name])
        return client

    def program(self, name: str) -> Client:
        """A client with a token of a role or the ``stranger``."""
        return self._programs[name]


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with made_once(django_db_blocker):
        yield Cast()


@pytest.fixture
def cast(everybody: Cast, db: None, frozen: Any) -> Cast:
    """The cast as it was made: what one test does, no other sees."""
    cache.clear()
    empty_store()
    return everybody
