"""Every kind of question can do what pages, API, exports and saved questions ask of it."""

import pytest
from django.urls import reverse

from evergrow.insight import kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.kind import Kind


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.key)
def test_a_question_of_every_kind_reads_again_what_it_is_kept_as(kind: Kind) -> None:
    """With its least form, which names its kind alone, wherever a kind can be asked so."""
    try:
        question = kind.read({"kind": kind.key})
    except BadQuestion:
        pytest.skip("This kind cannot be asked without choosing something.")
    kept = kind.data(question)
    assert kept["kind"] == kind.key
    assert kept["version"] >= 1
    assert kind.read(kept) == question


def test_keys_and_pages_of_kinds_are_their_own() -> None:
    assert len({kind.key for kind in kinds.KINDS}) == len(kinds.KINDS)
    pages = [reverse(kind.page, kwargs={"workspace": "acme"}) for kind in kinds.KINDS]
    assert len(set(pages)) == len(pages)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(BadQuestion, match="horoscope") as caught:
        kinds.of({"kind": "horoscope"})
    assert caught.value.part == "kind"
