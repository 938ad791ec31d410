"""What Prometheus reads: only with the token, and the same counts as were sent."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from evergrow import warehouse
from evergrow.cli import doctor
from evergrow.intake.pipeline import exposition, meters
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer let-me-look"}


@pytest.fixture(autouse=True)
def afresh(monkeypatch) -> None:
    for name in ("rejected", "refused", "unknown", "received_bytes", "lags"):
        monkeypatch.setattr(meters, name, type(getattr(meters, name))())
    monkeypatch.setattr(meters, "events", {name: type(count)() for name, count in meters.events.items()})


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_a_token_set_there_is_no_such_page(door: Door) -> None:
    assert door.ask("GET", "/metrics", headers=TOKEN, key="").status == 404


def test_a_wrong_token_or_a_write_key_opens_nothing(door: Door, settings) -> None:
    settings.METRICS_TOKEN = "let-me-look"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic bGV0LW1lLWxvb2s6"}):
        answer = door.ask("GET", "/metrics", headers=headers, key="")
        assert answer.status == 401
        assert b"evergrow_" not in answer.body.replace(b"EVERGROW_", b"")
    assert door.ask("GET", "/metrics").status == 401


def test_it_tells_what_was_sent(door: Door, settings, workspace, monkeypatch) -> None:
    settings.METRICS_TOKEN = "let-me-look"
    names = exposition.names()  # in this thread, which sees the test's own transaction
    monkeypatch.setattr(exposition, "names", lambda: names)
    event = {"type": "track", "userId": "u1", "event": "login", "messageId": "m1"}
    door.post("/v1/batch", {"batch": [event, event, {"type": "dance", "userId": "u1"}]})
    door.post("/v1/batch", {"nothing": True})
    door.post("/v1/track", event, key="wk_of_nobody")
    door.drain()
    answer = door.ask("GET", "/metrics", headers=TOKEN, key="")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(answer.body.decode())
    web = f"Web ({workspace.keys.get().pk})"
    assert found["evergrow_capture_events_total", "accepted", web, "acme"] == 1
    assert found["evergrow_capture_events_total", "duplicate", web, "acme"] == 1
    assert found["evergrow_capture_rejected_total", "unknown_type", web, "acme"] == 1
    assert found["evergrow_capture_refused_total", "invalid_batch", web, "acme"] == 1
    assert found["evergrow_capture_unknown_requests_total", "invalid_write_key"] == 1
    assert found["evergrow_capture_lag_seconds_count",] == 2
    assert found["evergrow_capture_lag_seconds_bucket", "+Inf"] == 2
    assert found["evergrow_spool_fsync_seconds_count",] >= 1
    assert found["evergrow_spool_bytes",] == 0
    assert found["evergrow_store_up",] == 1
    assert found["process_resident_memory_bytes",] > 10_000_000


def test_it_answers_while_the_stores_are_away(door: Door, monkeypatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("gone")

    monkeypatch.setattr(warehouse, "scalar", away)
    assert samples(exposition.text()[1].decode())["evergrow_store_up",] == 0


def test_doctor_says_when_the_spool_does_not_drain(empty_data) -> None:
    (empty_data / "spool").mkdir()
    assert all(finding.is_fine for finding in doctor.spool())
    (empty_data / "spool" / f"{10**18:020d}-aa.seg").write_bytes(b"waits since 2001")
    (first, *_) = doctor.spool()
    assert not first.is_fine
    assert "does not drain" in first.mend
    (empty_data / "spool" / "damaged").mkdir()
    (empty_data / "spool" / "damaged" / "x.seg").write_bytes(b"")
    assert [finding.is_fine for finding in doctor.spool()] == [False, True, False]
