"""The palette finds nobody by what the member does not see, and shows it masked."""

from evergrow.customers.models import Person
from evergrow.customers.privacy import masking
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.web import search


def test_nobody_is_found_by_a_hidden_email(workspace, alice, carol, frozen):
    person = make_person(make_account(workspace), "张伟明")
    Person.objects.filter(pk=person.pk).update(email="zhang@example.com", title="zhang team")
    masking.save_rules(workspace=workspace, roles={"email": ["owner"]}, by=alice)
    assert search.people(alice, ["zhang@"]).count() == 1
    assert search.people(carol, ["zhang@"]).count() == 0
    groups = search.find(carol, "张伟明")
    notes = [hit.note for group in groups for hit in group.hits if hit.icon == "user"]
    assert any("z***@example.com" in note for note in notes)
    assert not any("zhang@" in note for note in notes)
