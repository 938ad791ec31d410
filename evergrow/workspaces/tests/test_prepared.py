"""Prepared questions: the same answers as the queries they are made of, and refusals of what would go wrong unseen."""

from datetime import date, timedelta

import pytest
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from conftest import make_member
from evergrow.lib import clock
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Absence, AccountScope, AuditEntry, Member, Role, User, Workspace
from evergrow.workspaces.notices.models import Notice


def colleagues(member, names, role):
    rows = Member.objects.filter(Q(user__name__in=names) | Q(role=role), workspace_id=member.workspace_id)
    return rows.select_related("user", "workspace").exclude(pk=member.pk).order_by("user__name")


@pytest.fixture
def dave(workspace):
    return make_member(workspace, "Dave", Role.VIEWER, scope=AccountScope.OWN)


@pytest.mark.parametrize("names", [[], ["Bob"], ["Bob", "Carol", "Dave"], {"Nobody"}, ("Bob", "Bob")])
def test_the_rows_are_those_of_the_query_whatever_the_values(alice, bob, carol, dave, mallory, names):
    asked = prepared.rows(colleagues)
    for member in (alice, bob, carol, dave, mallory):
        for role in (Role.VIEWER, "operator", SafeString("owner")):
            expected = list(colleagues(member, list(names), str(role)))
            assert asked(member, names, role) == expected
    for found in asked(alice, names, "viewer"):
        assert found.user.name in {*names, "Carol", "Dave"}
        assert found.workspace == alice.workspace  # what was selected along is there


def test_moments_and_days_reach_the_store_as_it_takes_them(alice, bob, frozen):
    for hours in (1, 2, 3):
        at = frozen - timedelta(hours=hours)
        Notice.objects.create(workspace=bob.workspace, member=bob, data={"n": hours}, created_at=at)

    @prepared.rows
    def newer(member, moment):
        rows = Notice.objects.filter(member=member, created_at__gte=moment).order_by("created_at")
        return rows.values_list("created_at", "data", named=True)

    rows = newer(bob, frozen - timedelta(hours=2))
    assert [(row.created_at, row.data) for row in rows] == [(frozen - timedelta(hours=h), {"n": h}) for h in (2, 1)]
    assert newer(alice, frozen - timedelta(hours=2)) == []

    @prepared.rows
    def absent(workspace, day):
        return Absence.objects.filter(workspace=workspace, starts_on__lte=day, ends_on__gte=day).values_list("member")

    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 4)}
    Absence.objects.create(workspace=bob.workspace, member=bob, delegate=alice, **days)
    assert [absent(bob.workspace, date(2026, 3, day)) for day in (1, 2, 5)] == [[], [(bob.pk,)], []]

    @prepared.rows
    def on(member, day):
        return Notice.objects.filter(member=member, created_at__date=day)

    days = [date(2026, 3, 24), date(2026, 3, 25)]
    for zone, expected in (("Asia/Shanghai", [0, 3]), ("America/Los_Angeles", [3, 0])):  # 21 to 23 h of the day before
        with timezone.override(zone):
            assert [len(on(bob, day)) for day in days] == expected


def test_counts_first_rows_and_other_forms(alice, bob, carol, mallory):
    of_role = prepared.count(lambda member, role: Member.objects.filter(workspace_id=member.workspace_id, role=role))
    assert [of_role(alice, role) for role in ("viewer", "owner", "manager")] == [1, 1, 0]
    first = prepared.first(lambda workspace: Member.objects.filter(workspace=workspace).order_by("-pk"))
    assert first(alice.workspace) == carol
    assert first(mallory.workspace) == mallory
    assert first(Workspace(pk=0)) is None
    flat = prepared.rows(lambda member: Member.objects.filter(user_id=member.user_id).values_list("role", flat=True))
    assert (flat(alice), flat(carol)) == (["owner"], ["viewer"])
    plain = prepared.rows(lambda user: User.objects.filter(pk=user).values("name"))
    assert plain(bob.user_id) == [{"name": "Bob"}]
    assert plain(10**40) == plain(-(10**40)) == []


def test_the_sql_is_made_once_for_a_shape_and_anew_for_another(alice, bob, dave):
    made = []

    @prepared.rows
    def seen(member):
        made.append(member.scope)
        return Member.objects.filter(pk=member.pk)

    assert [seen(each) for each in (alice, bob, dave, alice)] == [[alice], [bob], [dave], [alice]]
    assert made == ["all", "own"]


def _of_a_field(member: Member) -> QuerySet[User]:
    return User.objects.filter(pk=member.user_id, name=member.role)


def _of_another_row(member: Member) -> QuerySet[Workspace]:
    return Workspace.objects.filter(pk=member.workspace_id, name=member.workspace.name)


def _asking(member: Member) -> QuerySet[User]:
    return User.objects.filter(pk__in=list(Member.objects.filter(workspace_id=member.workspace_id)))


def _of_today(member: Member) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(workspace_id=member.workspace_id, at__gte=clock.now())


def _of_nobody(member: Member) -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _related(member: Member) -> QuerySet[Member]:
    return Workspace(pk=member.workspace_id).members.all()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (_of_a_field, r"reads Member\.role"),
        (_of_another_row, "asks the store while it is made"),
        (_asking, "asks the store while it is made"),
        (_of_today, "A day or a moment stands in the question"),
        (_of_nobody, "does not reach the SQL"),
        (_related, "Begin a prepared question"),
    ],
)
def test_a_question_that_would_be_answered_wrongly_later_is_refused_at_once(alice, build, words):
    with pytest.raises(prepared.NotPrepared, match=words):
        prepared.rows(build)(alice)


def test_a_limit_that_differs_and_an_argument_of_no_known_kind_are_refused(alice):
    with pytest.raises(prepared.NotPrepared, match="A number stands in the SQL"):
        prepared.rows(lambda member, most: Member.objects.filter(pk__in=[member.pk, most])[:most])(alice, 3)
    for strange in (b"text", 1.5, {"a": 1}, [object()]):
        with pytest.raises(prepared.NotPrepared):
            prepared.rows(lambda value: User.objects.filter(pk=value))(strange)


@pytest.mark.postgresql
def test_a_field_too_short_for_what_stands_for_a_number_is_refused(alice):
    with pytest.raises(prepared.NotPrepared, match="Nothing can ever be found"):
        prepared.rows(lambda member: Workspace.objects.filter(week_start=member.pk))(alice)
