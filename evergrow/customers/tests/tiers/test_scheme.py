"""What a scheme may say, and what it is made of."""

import pytest

from evergrow.customers.tests.tiers.stage import definition
from evergrow.customers.tiers import document
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.scheme import BadScheme
from evergrow.customers.tiers.unknown import maybe, surely


def changed(change):
    given = definition()
    change(given)
    return given


BAD = [
    (lambda d: d["tiers"][0].update(priority=2), "same priority"),
    (lambda d: d["tiers"][0].update(key="vip", priority=1), "same key"),
    (lambda d: d["tiers"][0].update(key="V I P"), "key begins with a letter"),
    (lambda d: d["tiers"][0].update(name={}), "needs a name"),
    (lambda d: d["tiers"][0].update(rest=True), "the last tier, and only the last"),
    (lambda d: d["tiers"][2].update(rest=False), "the last tier, and only the last"),
    (lambda d: d["tiers"][2].update(criteria={"all": []}), "no rule of its own"),
    (lambda d: d["tiers"][0].update(load=-1), "load points"),
    (lambda d: d["tiers"][0].update(review_months=99), "from 0 to 36"),
    (lambda d: d.update(tiers=[]), "1 to 12 tiers"),
    (lambda d: d.update(up={"days": 1000}), "from 0 to 366"),
    (lambda d: d.update(reviews={"months": [13]}), "from 1 to 12"),
    (lambda d: d["entitlements"][0].update(kind="gift"), "not known"),
    (lambda d: d["entitlements"][0].update(grants={"gold": 1}), "which is not there"),
    (lambda d: d["entitlements"].append(d["entitlements"][0]), "same key"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD)
def test_a_bad_scheme_is_refused_with_the_part(change, sentence):
    with pytest.raises(BadScheme) as refused:
        schemes.read(changed(change))
    assert sentence.lower() in " ".join(refused.value.messages).lower()


def test_a_scheme_goes_out_as_yaml_and_comes_back():
    text = document.write(definition(), "tiers")
    assert schemes.read(document.read(text, "tiers")) == schemes.read(definition())


@pytest.mark.parametrize("text", ["", "[1", "evergrow: icp\n", "x: " + "y" * 300_000, "!!python/object:os.system x"])
def test_another_file_is_refused(text):
    with pytest.raises(BadScheme):
        document.read(text, "tiers")


def test_missing_values_are_neither_true_nor_false():
    mrr = {"trait": "mrr", "at_least": 5}
    assert surely({"all": [mrr]}) == {"all": [{"all": [mrr, {"trait": "mrr", "is_set": True}]}]}
    assert maybe({"any": [mrr]}) == {"any": [{"any": [mrr, {"trait": "mrr", "is_set": False}]}]}
    assert surely({"not": mrr}) == {"not": maybe(mrr)}
    assert maybe({"not": mrr}) == {"not": surely(mrr)}


def test_what_was_done_and_whether_something_is_set_is_always_known():
    for known in ({"did": "login"}, {"trait": "mrr", "is_set": True}, {"segment": 1}):
        assert surely(known) == maybe(known) == known
