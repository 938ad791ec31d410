"""Consent: the newest record counts, none is changed, and a proof points at the text that was shown."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import ConsentRecord, Purpose, PurposeText
from evergrow.customers.privacy import consents, may_contact, record_consent
from evergrow.customers.privacy.consent import UnknownPurpose, masked_ip, retire_purpose, save_purpose
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.lib import clock


@pytest.fixture
def person(workspace, frozen):
    return make_person(make_account(workspace), "Erin")


def news(workspace, by=None, text="We send news.", **fields):
    facts = {"basis": "consent", "channels": ["email", "wechat"], **fields}
    return save_purpose(workspace=workspace, key="news", name={"en": "News"}, text={"en": text}, by=by, **facts)


def say(person, granted=True, **fields):
    facts = {"purpose": "news", "channel": "email", "by": None, **fields}
    return record_consent(person=person, granted=granted, **facts)


def test_nobody_is_contacted_without_consent_and_a_withdrawal_ends_it(workspace, person):
    news(workspace)
    assert not may_contact(person, "news", "email")
    say(person)
    assert may_contact(person, "news", "email")
    assert not may_contact(person, "news", "wechat")
    say(person, granted=False)
    assert not may_contact(person, "news", "email")
    assert ConsentRecord.objects.count() == 2


def test_what_arrives_late_does_not_overrule_what_was_said_later(workspace, person):
    news(workspace)
    say(person, granted=False)
    say(person, at=clock.now() - timedelta(days=3))
    assert not may_contact(person, "news", "email")


def test_a_purpose_on_another_basis_needs_no_consent_but_an_objection_ends_it(workspace, person):
    news(workspace, basis="contract")
    assert may_contact(person, "news", "email")
    say(person, granted=False)
    assert not may_contact(person, "news", "email")


def test_a_consent_runs_out_after_its_days(workspace, person, frozen):
    news(workspace, valid_days=30)
    say(person)
    with clock.frozen(frozen + timedelta(days=29)):
        assert may_contact(person, "news", "email")
    with clock.frozen(frozen + timedelta(days=31)):
        assert not may_contact(person, "news", "email")
        assert [each.state for each in consents(person)] == ["expired", ""]


def test_an_unknown_purpose_or_channel_is_no_permission(workspace, person):
    news(workspace)
    assert not may_contact(person, "other", "email")
    assert not may_contact(person, "news", "sms")
    with pytest.raises(UnknownPurpose):
        say(person, purpose="other")


def test_a_retired_purpose_permits_nothing(workspace, person, alice):
    say_before = news(workspace)
    say(person)
    retire_purpose(purpose=say_before, by=alice)
    assert not may_contact(person, "news", "email")


def test_another_text_is_a_new_edition_and_the_proof_keeps_the_old_one(workspace, person):
    news(workspace)
    before = say(person)
    assert news(workspace, text="We send news and offers.").version == 2
    assert news(workspace, text="We send news and offers.").version == 2
    assert before.text_version == 1
    assert PurposeText.objects.get(version=1).text == {"en": "We send news."}
    with pytest.raises(ValidationError):
        say(person, text_version=7)


def test_a_repeated_message_counts_once(workspace, person):
    news(workspace)
    assert say(person, token="m1").pk == say(person, token="m1").pk


def test_a_merged_persons_consent_counts(workspace, person, alice):
    news(workspace)
    other = make_person(make_account(workspace), "E.")
    say(other)
    merge_people(kept=person, merged=other, reason="same", by=alice)
    assert may_contact(person, "news", "email")


@pytest.mark.parametrize(
    ("ip", "kept"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("nonsense", ""), ("", "")],
)
def test_of_an_address_only_the_network_is_kept(ip, kept):
    assert masked_ip(ip) == kept


def test_a_moment_ahead_is_refused(workspace, person):
    news(workspace)
    with pytest.raises(ValidationError):
        say(person, at=clock.now() + timedelta(days=1))


def test_a_colleague_records_it_on_the_persons_page(workspace, person, bob, carol, sign_in, warehouse_db):
    news(workspace)
    url = reverse("customers:consent_new", args=[workspace.slug, person.number])
    sent = {"purpose": "news", "channel": "email", "said": "yes", "method": "signed form"}
    assert sign_in(carol).post(url, sent).status_code == 403
    assert sign_in(bob).post(url, sent).status_code == 302
    page = sign_in(bob).get(reverse("customers:person", args=[workspace.slug, person.number])).content.decode()
    assert "signed form" in page
    assert may_contact(person, "news", "email")


def test_an_administrator_makes_a_purpose_in_the_form(workspace, alice, sign_in):
    sent = {
        "key": "calls",
        "name_zh": "续约电话",
        "text_zh": "我们会致电。",
        "basis": "interest",
        "channels": ["phone"],
    }
    assert sign_in(alice).post(reverse("customers:purpose_new", args=[workspace.slug]), sent).status_code == 302
    made = Purpose.objects.get()
    assert (made.key, made.name, made.channels, made.version) == ("calls", {"zh": "续约电话"}, ["phone"], 1)
    retire = reverse("customers:purpose_retire", args=[workspace.slug, made.pk])
    sign_in(alice).post(retire)
    made.refresh_from_db()
    assert made.retired_at
