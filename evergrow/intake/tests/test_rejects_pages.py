"""Refused messages: found, understood, mended, sent again, discarded, exported, and forgotten when they are old."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from evergrow import warehouse
from evergrow.intake.capture.rejects import AlreadyReplayed, CannotReplay, replay
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.models import Reject, RejectState
from evergrow.intake.rejects import actions
from evergrow.intake.rejects.queries import Filter
from evergrow.intake.tests.capture.conftest import door, spool  # noqa: F401
from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AuditEntry, Job
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def address(member, name: str, **arguments) -> str:
    return reverse(f"intake:{name}", kwargs={"workspace": member.workspace.slug, **arguments})


def page(client, member, name: str = "rejects", query: str = "", **arguments) -> str:
    answer = client.get(address(member, name, **arguments) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def refused(door):  # noqa: F811
    """Two logins of nobody, one without a name, one with a good neighbour."""
    door.post("/v1/track", {"event": "login", "properties": {"plan": "pro"}})
    door.post("/v1/track", {"event": "login", "properties": {"plan": "free"}})
    door.post("/v1/track", {"userId": "u1"})
    door.post("/v1/track", {"userId": "u1", "event": "good"})
    door.drain()
    return door


def open_ids() -> list[int]:
    return list(Reject.objects.filter(state=RejectState.OPEN).order_by("pk").values_list("pk", flat=True))


def test_refusals_are_grouped_by_reason_event_and_source(refused, alice, sign_in) -> None:
    text = page(sign_in(alice), alice)
    assert "3 messages" in text
    assert "?source=Web&amp;code=no_id&amp;event=login" in text
    assert "A track message needs the name of its event." in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?code=no_id", 2),
        ("?event=login", 2),
        ("?event=-", 1),
        ("?source=Web", 3),
        ("?source=Other", 0),
        ("?q=free", 1),
        ("?q=FREE", 1),
        ("?state=replayed", 0),
        ("?state=all", 3),
        ("?from=2020-01-01&to=2020-02-01", 0),
        ("?from=2020-01-01", 3),
        ("?from=nonsense&state=nonsense&page=nonsense&sort=nonsense", 3),
    ],
)
def test_the_address_holds_the_filter(refused, alice, sign_in, query: str, count: int) -> None:
    text = page(sign_in(alice), alice, query=query)
    assert f"{count} message" in text
    assert text.count('class="reject-message') == count


def test_the_list_is_sorted_by_its_heads(refused, alice, sign_in) -> None:
    text = page(sign_in(alice), alice, query="?sort=event")
    assert text.index("needs the name of its event", text.index("reject-table")) < text.index(
        "names nobody", text.index("reject-table")
    )


def test_a_refusal_is_told_in_both_languages_with_what_to_do(refused, alice, sign_in) -> None:
    text = page(sign_in(alice), alice, "reject", pk=open_ids()[0])
    assert "The message names nobody" in text
    assert "Give the message a userId" in text
    assert 'lang="zh-hans"' in text
    assert "&quot;plan&quot;: &quot;pro&quot;" in text


def test_a_mended_message_counts(refused, alice, sign_in) -> None:
    client, pk = sign_in(alice), open_ids()[0]
    text = '{"event": "login", "userId": "u9"}'
    answer = client.post(address(alice, "replay_reject", pk=pk), {"text": text}, follow=True)
    assert "Sent again" in answer.content.decode()
    assert "As it was mended and sent" in answer.content.decode()
    assert refused.drain() == 1
    assert warehouse.rows("select distinct_id from events where event = 'login'") == [("u9",)]
    again = client.post(address(alice, "replay_reject", pk=pk), {"text": text}, follow=True)
    assert "was sent again or discarded before" in again.content.decode()
    assert AuditEntry.objects.get(verb="reject.replayed").data == {"reason": "no_id", "mended": True}


def test_an_unchanged_message_is_sent_as_it_came(refused, alice, sign_in) -> None:
    client, pk = sign_in(alice), open_ids()[0]
    shown = '{\r\n  "event": "login",\r\n  "properties": {\r\n    "plan": "pro"\r\n  }\r\n}'
    client.post(address(alice, "replay_reject", pk=pk), {"text": shown})
    assert Reject.objects.get(pk=pk).mended == ""
    refused.drain()
    again = Reject.objects.get(previous=pk)
    assert address(alice, "reject", pk=again.pk) in page(client, alice, "reject", pk=pk)
    assert address(alice, "reject", pk=pk) in page(client, alice, "reject", pk=again.pk)


def test_what_is_no_json_is_shown_again_with_the_text(refused, alice, sign_in) -> None:
    answer = sign_in(alice).post(address(alice, "replay_reject", pk=open_ids()[0]), {"text": "{nonsense"})
    assert answer.status_code == 422
    assert "{nonsense" in answer.content.decode()
    assert len(open_ids()) == 3


def test_a_whole_body_can_be_mended(door, alice) -> None:  # noqa: F811
    door.post("/v1/batch", b'{"batch": [{"type": "track", "event": "x", "userId": "u1"}')
    door.drain()
    reject = Reject.objects.get()
    with pytest.raises(CannotReplay):
        replay(reject=reject, by=alice, text='{"batch": 5}')
    replay(reject=reject, by=alice, text='{"batch": [{"type": "track", "event": "x", "userId": "u1"}]}')
    assert door.drain() == 1


def test_discarding_needs_a_reason_and_keeps_the_message(refused, alice, sign_in) -> None:
    client, pk = sign_in(alice), open_ids()[0]
    client.post(address(alice, "discard_reject", pk=pk), {"note": " "})
    assert len(open_ids()) == 3
    client.post(address(alice, "discard_reject", pk=pk), {"note": "a test of ours"})
    kept = Reject.objects.get(pk=pk)
    assert (kept.state, kept.note, kept.discarded_by) == (RejectState.DISCARDED, "a test of ours", alice)
    assert "a test of ours" in page(client, alice, "reject", pk=pk)
    assert AuditEntry.objects.get(verb="reject.discarded").data == {"reason": "a test of ours"}
    with pytest.raises(AlreadyReplayed):
        actions.discard(reject=kept, note="again", by=alice)


def run_job(client, member, **given) -> Job:
    answer = client.post(address(member, "rejects_bulk"), given)
    job = Job.objects.get(kind=actions.KIND)
    assert answer.url == address(member, "rejects_run", pk=job.pk)
    while jobs.run_next():
        pass
    job.refresh_from_db()
    return job


def test_all_of_a_filter_is_sent_again_in_a_job(refused, alice, sign_in) -> None:
    client = sign_in(alice)
    job = run_job(client, alice, act="replay-all", code="no_id")
    assert job.result == {"done": 2, "skipped": 0}
    assert "<b>2 messages</b> were sent again" in page(client, alice, "rejects_run", pk=job.pk)
    refused.drain()
    assert Reject.objects.filter(previous__isnull=False, state=RejectState.OPEN).count() == 2
    assert AuditEntry.objects.get(verb="rejects.replayed").data == {"done": 2, "skipped": 0}


def test_a_job_that_begins_again_sends_nothing_twice(refused, alice, sign_in) -> None:
    job = run_job(sign_in(alice), alice, act="replay-all")
    Job.objects.filter(pk=job.pk).update(state="queued")
    while jobs.run_next():
        pass
    refused.drain()
    assert Reject.objects.count() == 6


def test_the_ticked_ones_are_discarded_and_the_others_stay(refused, alice, sign_in) -> None:
    first, second, third = open_ids()
    job = run_job(sign_in(alice), alice, act="discard-ticked", reject=[first, third], note="ours")
    assert job.result["done"] == 2
    assert open_ids() == [second]


def test_what_is_no_json_is_left_by_a_job(door, alice, sign_in) -> None:  # noqa: F811
    door.post("/v1/track", b"{")
    door.post("/v1/track", {"event": "x"})
    door.drain()
    job = run_job(sign_in(alice), alice, act="replay-all")
    assert job.result == {"done": 1, "skipped": 1}
    assert len(open_ids()) == 1


def test_bulk_needs_ticks_a_reason_and_an_administrator(refused, alice, carol, sign_in) -> None:
    client, url = sign_in(alice), address(alice, "rejects_bulk")
    assert "Tick the messages first" in client.post(url, {"act": "replay-ticked"}, follow=True).content.decode()
    assert "Say why" in client.post(url, {"act": "discard-all"}, follow=True).content.decode()
    assert client.post(url, {"act": "burn-all"}).url == address(alice, "rejects")
    assert sign_in(carol).post(url, {"act": "replay-all"}).status_code == 403
    assert not Job.objects.filter(kind=actions.KIND).exists()
    with pytest.raises(PermissionDenied):
        actions.start(workspace=alice.workspace, act="replay", wanted=Filter(), ids=[], note="", by=carol)


def test_a_full_spool_leaves_the_message_open(refused, alice, sign_in, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise SpoolUnavailable("full")

    monkeypatch.setattr(type(refused.spool), "write", full)
    answer = sign_in(alice).post(address(alice, "replay_reject", pk=open_ids()[0]), follow=True)
    assert "Make room on the disk" in answer.content.decode()
    assert len(open_ids()) == 3


def test_a_viewer_reads_and_a_stranger_finds_nothing(refused, carol, mallory, sign_in) -> None:
    pk = open_ids()[0]
    text = page(sign_in(carol), carol, "reject", pk=pk)
    assert "The message as it came" in text
    assert "Mend and send again" not in text
    assert sign_in(carol).post(address(carol, "replay_reject", pk=pk)).status_code == 403
    client = sign_in(mallory)
    assert "0 messages" in page(client, mallory)
    assert client.get(address(mallory, "reject", pk=pk)).status_code == 404
    assert client.post(address(mallory, "replay_reject", pk=pk)).status_code == 404
    assert b"login" not in client.get(address(mallory, "rejects_export")).getvalue()


def test_the_export_has_the_filtered_ones(refused, alice, sign_in) -> None:
    client = sign_in(alice)
    table = client.get(address(alice, "rejects_export") + "?code=no_id").getvalue().decode()
    assert table.count("names nobody") == 2
    lines = client.get(address(alice, "rejects_export") + "?format=jsonl").getvalue().splitlines()
    assert {orjson.loads(line)["code"] for line in lines} == {"no_id", "no_event"}
    assert len(lines) == 3


def test_old_refusals_are_forgotten(refused, alice, settings) -> None:
    settings.REJECT_DAYS = 30
    old = open_ids()[0]
    Reject.objects.filter(pk=old).update(received_at=clock.now() - timedelta(days=31))
    jobs.enqueue("intake.forget_rejects", alice.workspace)
    while jobs.run_next():
        pass
    assert old not in open_ids()
    assert len(open_ids()) == 2


def test_the_rule_of_a_large_message_is_at_its_source(refused, alice, sign_in) -> None:
    pk = open_ids()[0]
    Reject.objects.filter(pk=pk).update(code="message_too_large")
    key = Reject.objects.get(pk=pk).key_id
    assert f"{address(alice, 'source', pk=key)}#limits" in page(sign_in(alice), alice, "reject", pk=pk)


def test_the_api_lists_replays_and_discards(refused, alice) -> None:
    program = caller(alice, "admin")

    def put(path: str, body: dict) -> Any:
        return program.put(f"/api/v1/rejects/{path}", body, content_type="application/json")

    listed = program.get("/api/v1/rejects?code=no_id&limit=1").json()
    assert listed["items"][0]["event"] == "login"
    assert listed["next"]
    first, second, _ = open_ids()
    answer = put(f"{first}/replay", {"message": '{"event": "login", "userId": "u9"}'})
    assert (answer.status_code, answer.json()["state"]) == (202, "replayed")
    assert refused.drain() == 1
    assert put(f"{first}/replay", {}).status_code == 409
    assert put(f"{second}/discard", {"note": ""}).status_code == 422
    assert put(f"{second}/discard", {"note": "ours"}).json()["note"] == "ours"
    assert program.get(f"/api/v1/rejects/{second}").json()["state"] == "discarded"
    assert program.get("/api/v1/rejects/999999").status_code == 404
