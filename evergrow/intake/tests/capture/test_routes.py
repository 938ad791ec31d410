"""The door's addresses beside those of the pages."""

import pytest
from django.urls import Resolver404, resolve

from evergrow.intake.capture.app import claims
from evergrow.intake.capture.formats import ROUTES, Endpoint, Format
from evergrow.intake.capture.formats.routes import Routes

ADDRESSES = [*ROUTES.exact, *(f"{before}egw_key{after}" for before, after in ROUTES.holed)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_capture_address_hides_a_page(address: str) -> None:
    assert claims(address)
    for path in (address, f"{address}/"):
        with pytest.raises(Resolver404):
            resolve(path)


@pytest.mark.parametrize("address", ["/", "/w/acme/", "/api/v1/accounts", "/static/evergrow/shell.css", "/batched"])
def test_pages_are_not_the_doors(address: str) -> None:
    assert not claims(address)


def test_a_hole_holds_one_part_of_an_address() -> None:
    found = ROUTES.find("/v1/projects/egw%5Fkey/settings")
    assert found is not None
    assert found.place == "egw_key"
    assert ROUTES.find("/v1/projects/a/b/settings") is None
    assert ROUTES.find("/v1/projects//settings") is None


def test_two_formats_cannot_listen_at_one_address() -> None:
    first, second = (Format(name=name, routes={"/x": Endpoint(kind="track")}) for name in "ab")
    with pytest.raises(ValueError, match="/x"):
        Routes([first, second])
