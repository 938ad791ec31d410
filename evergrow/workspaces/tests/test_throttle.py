"""Counting who knocks how often."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from evergrow.workspaces import throttle


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


def test_so_many_and_no_more_each_for_themselves():
    assert [throttle.allow("knock", "a", limit=2, seconds=60) for _ in range(4)] == [True, True, False, False]
    assert throttle.allow("knock", "b", limit=2, seconds=60)
    assert throttle.allow("ring", "a", limit=2, seconds=60)


def test_others_who_ask_a_lot_do_not_wipe_out_a_count():
    throttle.allow("knock", "me", limit=1, seconds=60)
    for number in range(5_000):
        throttle.allow("knock", f"somebody {number}", limit=1, seconds=60)
    assert not throttle.allow("knock", "me", limit=1, seconds=60)


def test_odd_characters_are_counted_too():
    assert throttle.allow("knock", "\udc80 é 长青", limit=1, seconds=60)


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "203.0.113.7")])
def test_a_forwarded_address_counts_only_behind_a_proxy(settings, proxies, seen):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "198.51.100.66, 203.0.113.7"}
    )
    assert throttle.visitor(request) == seen


def test_one_network_of_ipv6_is_one_visitor():
    seen = {
        throttle.visitor(RequestFactory().get("/", REMOTE_ADDR=address)) for address in ("2001:db8::1", "2001:db8::2")
    }
    assert len(seen) == 1
