"""Whose event it is: late identify, shared devices, alias, contacts, accounts. Merges and their undoing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.actions.merges import CannotMerge, merge_people, undo_merge
from evergrow.customers.actions.people import add_person, affiliate
from evergrow.customers.models import (
    Account,
    Affiliation,
    Identifier,
    IdentifierKind,
    IdentityConflict,
    Person,
    PersonMerge,
    RefusedId,
)
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.django_db
PEOPLE_NOW = """
select uniqExact(coalesce(o.to_person, e.person))
from events e
left join (select from_person, argMax(to_person, version) to_person from person_overrides group by from_person) o
on o.from_person = e.person"""


def send(door: Door, *messages: dict, drain: bool = True) -> None:
    assert door.post("/v1/batch", {"batch": list(messages)}).status == 200
    if drain:
        door.drain()


def track(event: str = "x", **who: str) -> dict:
    return {"type": "track", "event": event, **who}


def identify(traits: dict | None = None, **who: str) -> dict:
    return {"type": "identify", "traits": traits or {}, **who}


def person_of(event: str) -> int:
    """Whose event it is today, through the merges."""
    sql = """select coalesce(o.to_person, e.person) from events e
    left join (select from_person, argMax(to_person, version) to_person from person_overrides group by from_person) o
    on o.from_person = e.person where event = {event:String}"""
    ((number,),) = warehouse.rows(sql, event=event)
    return number


def of_user(user: str) -> Person:
    return Person.objects.get(identifiers__kind="user", identifiers__value=user)


def test_a_user_and_an_anonymous_visitor_are_two_people_with_dense_numbers(door: Door) -> None:
    send(door, track(userId="u1"), track(anonymousId="a1"), track(userId="u1"))
    assert list(Person.objects.order_by("number").values_list("number", "is_anonymous")) == [(1, False), (2, True)]
    assert warehouse.rows("select person, count() from events group by 1 order by 1") == [(1, 2), (2, 1)]


@pytest.mark.parametrize("together", [True, False], ids=["in one segment", "across segments"])
def test_an_anonymous_visitor_who_signs_in_is_the_same_person_from_the_start(door: Door, together: bool) -> None:
    send(door, track("before", anonymousId="a1"), drain=not together)
    send(door, identify({"name": "李雷"}, userId="u1", anonymousId="a1"), drain=not together)
    send(door, track("after", userId="u1"))
    person = Person.objects.get(merged_into=None)
    assert (person.name, person.is_anonymous) == ("李雷", False)
    assert person_of("before") == person_of("after") == person.number
    assert set(person.identifiers.values_list("kind", "value")) == {("user", "u1"), ("anonymous", "a1")}


@pytest.mark.parametrize("together", [True, False], ids=["in one segment", "across segments"])
def test_a_late_identify_brings_earlier_events_to_a_user_we_knew(door: Door, together: bool) -> None:
    send(door, track("known", userId="u1"), drain=not together)
    send(door, track("second device", anonymousId="a2"), drain=not together)
    send(door, identify(userId="u1", anonymousId="a2"))
    assert person_of("known") == person_of("second device") == of_user("u1").number


def test_merging_turns_four_unique_people_into_three(door: Door) -> None:
    send(door, track(anonymousId="a"), track(userId="b"), track(userId="c"), track(userId="d"))
    assert warehouse.scalar(PEOPLE_NOW) == 4
    send(door, {"type": "alias", "previousId": "a", "userId": "b"})
    assert warehouse.scalar(PEOPLE_NOW) == 3
    assert PersonMerge.objects.count() == 1


def test_on_a_shared_device_two_identified_people_stay_two(door: Door) -> None:
    send(
        door,
        identify(userId="anna", anonymousId="tablet"),
        track("anna's", anonymousId="tablet"),
        identify(userId="ben", anonymousId="tablet"),
        track("ben's", anonymousId="tablet"),
    )
    anna, ben = of_user("anna"), of_user("ben")
    assert anna.number != ben.number
    assert (person_of("anna's"), person_of("ben's")) == (anna.number, ben.number)
    assert not PersonMerge.objects.exists()


def test_on_a_shared_device_across_segments_the_id_moves_to_the_last_user(door: Door) -> None:
    send(door, identify(userId="anna", anonymousId="tablet"))
    send(door, identify(userId="ben", anonymousId="tablet"))
    send(door, track("later", anonymousId="tablet"))
    assert person_of("later") == of_user("ben").number


def test_a_device_that_passes_through_several_hands_ends_with_the_last(door: Door) -> None:
    send(door, track(userId="u1", anonymousId="a1"))
    send(door, *(track(event=user, userId=user, anonymousId="a1") for user in ("u2", "u3", "u4")))
    assert door.spool.segments() == []
    assert Identifier.objects.get(value="a1").person == Identifier.objects.get(value="u4").person
    assert Person.objects.count() == 4


def test_an_alias_between_two_identified_people_is_for_a_colleague_to_decide(door: Door) -> None:
    send(door, track(userId="u1"), track(userId="u2"))
    send(door, {"type": "alias", "previousId": "u1", "userId": "u2"})
    assert of_user("u1") != of_user("u2")
    conflict = IdentityConflict.objects.get()
    assert (conflict.why, conflict.value, conflict.person, conflict.other) == (
        "alias",
        "u1",
        of_user("u2"),
        of_user("u1"),
    )
    assert not Reject.objects.exists()


def test_an_alias_before_the_first_event_names_the_id(door: Door) -> None:
    send(door, {"type": "alias", "previousId": "a9", "userId": "u1"}, track("x", anonymousId="a9"))
    assert person_of("x") == of_user("u1").number


@pytest.mark.parametrize(
    "value",
    ["anonymous", "Guest", "distinct_id", "id", "not_authenticated", "email", "undefined", "true", "FALSE",
     "[object Object]", "NaN", "None", "null", "0", "", " ", "-1", "0000-0000", "---"],
)  # fmt: skip
def test_an_id_that_stands_for_nobody_makes_no_person(door: Door, value: str) -> None:
    send(door, track(userId=value), track("fine", userId=value, anonymousId="a1"))
    assert Person.objects.count() == 1
    assert Person.objects.get().is_anonymous
    assert Reject.objects.get().code in {"rejected_id", "no_id"}


def test_traits_are_learnt_and_a_null_is_forgotten(door: Door) -> None:
    first = {
        "firstName": "Mei",
        "lastName": "Han",
        "email": "Mei@Example.com",
        "phone": "123",
        "title": "CTO",
        "plan": "pro",
    }
    send(door, identify(first, userId="u1"), identify({"plan": None, "seats": 5}, userId="u1"))
    send(door, identify({"name": "韩梅梅"}, userId="u1"))
    person = of_user("u1")
    assert (person.name, person.email, person.phone, person.title) == ("韩梅梅", "mei@example.com", "123", "CTO")
    assert "plan" not in person.traits
    assert person.traits["seats"] == 5


def test_a_contact_we_had_is_found_by_email(door: Door, workspace) -> None:
    contact = add_person(workspace=workspace, by=None, name="Mei", email="mei@example.com")
    send(door, identify({"email": "MEI@example.com"}, userId="u1"))
    assert of_user("u1") == contact
    other = add_person(workspace=workspace, by=None, name="Li", email="li@example.com")
    send(door, track("x", userId="li@example.com"))
    assert person_of("x") == other.number


def test_an_email_that_another_user_has_joins_nobody(door: Door) -> None:
    send(door, identify({"email": "a@example.com"}, userId="u1"), identify({"email": "a@example.com"}, userId="u2"))
    send(door, identify({"email": "a@example.com"}, userId="u3"))
    assert len({of_user(user).pk for user in ("u1", "u2", "u3")}) == 3
    assert of_user("u2").email == ""
    assert set(IdentityConflict.objects.values_list("why", "value", "other__email")) == {
        ("claim", "a@example.com", "a@example.com")
    }
    assert IdentityConflict.objects.count() == 2


def test_a_group_makes_the_account_and_places_the_person_there(door: Door) -> None:
    traits = {"name": "北京云科", "industry": "SaaS", "employees": 120, "website": "yunke.example", "plan": "gold"}
    send(door, {"type": "group", "userId": "u1", "groupId": "c-7", "traits": traits}, track("x", userId="u1"))
    account = Account.objects.get()
    assert (account.number, account.external_id, account.name, account.size) == (1, "c-7", "北京云科", "120")
    assert (account.domain, account.traits["plan"]) == ("yunke.example", "gold")
    assert Affiliation.objects.get().person == of_user("u1")
    assert warehouse.rows("select event, account from events order by event") == [("$group", 1), ("x", 1)]
    send(door, {"type": "group", "userId": "u1", "groupId": "c-7", "traits": {"name": "云科"}}, track("y", userId="u1"))
    assert Account.objects.get().name == "云科"
    assert warehouse.rows("select account from events where event = 'y'") == [(1,)]


def test_an_event_says_its_account_in_its_context(door: Door) -> None:
    send(door, track("x", userId="u1") | {"context": {"groupId": "c-8"}}, track("y", userId="u1"))
    got = dict(warehouse.rows("select event, account from events"))
    assert got == {"x": 1, "y": 0}, "naming an account is not belonging to it"


def test_somebody_at_two_accounts_has_no_account_unless_the_event_says_so(door: Door) -> None:
    send(door, {"type": "group", "userId": "u1", "groupId": "c-1"}, {"type": "group", "userId": "u1", "groupId": "c-2"})
    send(door, track("x", userId="u1"))
    assert warehouse.rows("select account from events where event = 'x'") == [(0,)]


def test_an_event_without_an_account_belongs_to_where_the_person_was_on_its_day(door: Door, workspace) -> None:
    send(door, {"type": "group", "userId": "u1", "groupId": "old"}, {"type": "group", "userId": "u2", "groupId": "new"})
    old, new = Account.objects.get(external_id="old"), Account.objects.get(external_id="new")
    Affiliation.objects.filter(account=old).update(ended_on=date(2026, 2, 28))
    affiliate(account=new, person=of_user("u1"), by=None, started_on=date(2026, 3, 2))
    days = {"before": "2026-02-10", "between": "2026-03-01", "after": "2026-03-05"}
    send(door, *(track(event, userId="u1") | {"timestamp": f"{day}T04:00:00Z"} for event, day in days.items()))
    got = dict(warehouse.rows("select event, account from events where event in ('before', 'between', 'after')"))
    assert got == {"before": old.number, "between": 0, "after": new.number}


def test_first_and_last_seen_are_the_events_own_times(door: Door) -> None:
    early, late = "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"
    send(door, track(userId="u1") | {"timestamp": late}, track(userId="u1") | {"timestamp": early})
    person = of_user("u1")
    assert person.first_seen_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert person.last_seen_at == datetime(2026, 3, 20, tzinfo=UTC)


def test_draining_the_same_segment_again_changes_nothing(door: Door) -> None:
    send(door, track(anonymousId="a1"), identify({"email": "a@b.example"}, userId="u1", anonymousId="a1"),
         {"type": "group", "userId": "u1", "groupId": "g"}, track(userId="u2"), "bad", drain=False)  # fmt: skip
    door.spool.stop()
    (file,) = door.spool.segments()
    content = file.read_bytes()
    door.drainer.drain(file)
    before = snapshot()
    file.write_bytes(content)
    door.drainer.drain(file)
    assert snapshot() == before


def snapshot() -> list:
    return [
        list(Person.objects.order_by("pk").values_list("number", "merged_into", "traits", "first_seen_at")),
        list(Identifier.objects.order_by("pk").values_list("kind", "value", "person")),
        list(Affiliation.objects.values_list("person", "account")),
        Reject.objects.count(),
        warehouse.rows("select message_id, person, account from events order by all"),
        warehouse.scalar("select sum(count) from activity"),
    ]


def test_a_merge_can_be_taken_back(door: Door, workspace, alice) -> None:
    send(door, track("one", userId="u1"), track("two", userId="u2"), identify({"plan": "pro", "n": 1}, userId="u2"))
    one, two = of_user("u1"), of_user("u2")
    with pytest.raises(CannotMerge):
        merge_people(kept=one, merged=one, reason="slip", by=alice)
    merge = merge_people(kept=one, merged=two, reason="same human", by=alice)
    push_overrides(one)
    assert person_of("two") == one.number
    assert Person.objects.get(pk=one.pk).traits == {"plan": "pro", "n": 1}
    assert of_user("u2") == one
    undo_merge(merge=PersonMerge.objects.get(pk=merge.pk), by=alice)
    push_overrides(one, two)
    assert person_of("two") == two.number
    assert of_user("u2") == two
    assert Person.objects.get(pk=one.pk).traits == {}
    log = PersonMerge.objects.get()
    assert (log.undone_by, log.undone_at is None) == (alice, False)
    with pytest.raises(CannotMerge):
        undo_merge(merge=log, by=alice)


def test_a_split_holds_whatever_is_said_again(door: Door, alice) -> None:
    send(door, track("theirs", anonymousId="a1"), track("own", userId="u1"))
    send(door, identify(userId="u1", anonymousId="a1"))
    undo_merge(merge=PersonMerge.objects.get(), by=alice)
    send(door, identify(userId="u1", anonymousId="a1"), track("again", userId="u1", anonymousId="a1"))
    send(door, track("later", anonymousId="a1"))
    push_overrides(*Person.objects.all())
    assert person_of("theirs") == person_of("later") != of_user("u1").number
    assert person_of("again") == of_user("u1").number


def test_what_came_since_a_merge_goes_back_with_it(door: Door, alice) -> None:
    send(door, track("one", userId="u1"), track("two", userId="u2"))
    one, two = of_user("u1"), of_user("u2")
    merge = merge_people(kept=one, merged=two, reason="same human", by=alice)
    send(door, track("since", userId="u2"), track("own", userId="u1"))
    assert person_of("since") == one.number
    undo_merge(merge=merge, by=alice)
    push_overrides(one, two)
    door.drainer._catch_up()
    assert [person_of(event) for event in ("two", "since", "own")] == [two.number, two.number, one.number]
    assert warehouse.scalar("select groupBitmapMerge(people) from activity where event = 'since'") == 1


def test_the_later_of_two_merges_is_undone_first(door: Door, alice) -> None:
    send(door, track("one", userId="u1"), track("two", userId="u2"), track("three", userId="u3"))
    one, two, three = of_user("u1"), of_user("u2"), of_user("u3")
    first = merge_people(kept=two, merged=one, reason="same human", by=alice)
    second = merge_people(kept=three, merged=two, reason="same human", by=alice)
    with pytest.raises(CannotMerge, match="later"):
        undo_merge(merge=first, by=alice)
    undo_merge(merge=second, by=alice)
    push_overrides(one, two, three)
    assert person_of("one") == person_of("two") == two.number
    undo_merge(merge=first, by=alice)
    push_overrides(one, two, three)
    assert [person_of(event) for event in ("one", "two", "three")] == [one.number, two.number, three.number]


def push_overrides(*people: Person) -> None:
    from evergrow.customers import overrides

    overrides.write(people)


def test_a_chain_of_merges_ends_at_the_last_person(door: Door, alice) -> None:
    send(door, track("one", anonymousId="a1"))
    send(door, track(userId="u1"))
    send(door, identify(userId="u1", anonymousId="a1"), track(userId="u2"))
    first, last = of_user("u1"), of_user("u2")
    merge_people(kept=last, merged=first, reason="same human", by=alice)
    push_overrides(last)
    assert person_of("one") == last.number


def test_kept_facts_win_and_the_first_moment_stays(door: Door, alice) -> None:
    send(door, identify({"plan": "old", "city": "北京"}, userId="u1") | {"timestamp": "2026-01-01T00:00:00Z"})
    send(door, identify({"plan": "new"}, userId="u2") | {"timestamp": "2026-03-01T00:00:00Z"})
    kept = of_user("u2")
    merge_people(kept=kept, merged=of_user("u1"), reason="same human", by=alice)
    kept.refresh_from_db()
    assert kept.traits == {"plan": "new", "city": "北京"}
    assert kept.first_seen_at - datetime(2026, 1, 1, tzinfo=UTC) < timedelta(seconds=1)


def test_an_id_that_stands_for_nobody_here_makes_no_person(door: Door, workspace) -> None:
    RefusedId.objects.create(workspace=workspace, value="test-user")
    send(door, track(userId="Test-User"), track("fine", userId="test-user", anonymousId="a1"), track(userId="u1"))
    assert {str(person) for person in Identifier.objects.values_list("value", flat=True)} == {"a1", "u1"}
    assert (Reject.objects.get().code, Reject.objects.get().detail) == ("rejected_id", "Test-User")


def test_a_phone_and_an_id_of_another_system_join_as_an_email_does(door: Door, workspace) -> None:
    IdentifierKind.objects.create(workspace=workspace, key="wechat_unionid", trait="unionId", priority=5, most=1)
    send(door, identify({"phone": "+86 138-0000-0001", "unionId": "oX1"}, userId="u1"))
    send(door, identify({"phone": "+8613800000001"}, anonymousId="a1"), identify({"unionId": "oX1"}, anonymousId="a2"))
    assert set(of_user("u1").identifiers.values_list("kind", "value")) == {
        ("user", "u1"), ("anonymous", "a1"), ("anonymous", "a2"),
        ("phone", "+8613800000001"), ("wechat_unionid", "oX1"),
    }  # fmt: skip


def test_what_is_over_the_limit_of_a_kind_is_not_joined_and_shows(door: Door, workspace) -> None:
    IdentifierKind.objects.create(workspace=workspace, key="email", trait="email", priority=10, most=1)
    send(door, identify({"email": "one@example.com"}, userId="u1"))
    send(door, identify({"email": "two@example.com"}, userId="u1"))
    assert set(of_user("u1").identifiers.values_list("value", flat=True)) == {"u1", "one@example.com"}
    assert list(IdentityConflict.objects.values_list("why", "value")) == [("limit", "two@example.com")]
