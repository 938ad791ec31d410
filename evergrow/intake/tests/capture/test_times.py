"""The client's clock may be wrong; how long the event waited is still known."""

import pytest

from evergrow.intake.capture.times import correct, milliseconds

NOON = 1_774_411_200_000  # 2026-03-25T04:00:00Z
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-25T04:00:00Z", NOON),
        ("2026-03-25T04:00:00.123Z", NOON + 123),
        ("2026-03-25T12:00:00+08:00", NOON),
        ("2026-03-25T04:00:00.123456+00:00", NOON + 123),
        ("2026-03-25 04:00:00", NOON),
        ("20260325T040000Z", NOON),
        (NOON, NOON),
        (NOON // 1000, NOON),
        (NOON / 1000 + 0.5, NOON + 500),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
        ({"a": 1}, None),
        (1e300, None),
    ],
)
def test_moments_are_read_as_clients_write_them(value: object, expected: int | None) -> None:
    assert milliseconds(value) == expected


@pytest.mark.parametrize(
    ("name", "original", "sent", "received", "expected"),
    [
        ("a good clock", NOON - 5000, NOON, NOON, NOON - 5000),
        ("a clock one hour fast", NOON + HOUR - 5000, NOON + HOUR, NOON, NOON - 5000),
        ("a clock one day slow", NOON - 24 * HOUR - 5000, NOON - 24 * HOUR, NOON, NOON - 5000),
        ("an hour in the queue", NOON - HOUR, NOON, NOON, NOON - HOUR),
        ("no sentAt: the client's word", NOON - HOUR, None, NOON, NOON - HOUR),
        ("no time at all", None, NOON, NOON, NOON),
        ("22 hours ahead without sentAt", NOON + 22 * HOUR, None, NOON, NOON + 22 * HOUR),
        ("24 hours ahead without sentAt", NOON + 24 * HOUR, None, NOON, NOON),
        ("before 1970", -5, None, NOON, 0),
    ],
)
def test_the_corrected_time(name: str, original: int | None, sent: int | None, received: int, expected: int) -> None:
    assert correct(original=original, sent=sent, received=received) == expected
