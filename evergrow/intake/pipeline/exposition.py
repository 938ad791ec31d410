"""The figures of this process for Prometheus, collected when they are asked for."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db import DatabaseError, close_old_connections
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from evergrow import warehouse
from evergrow.intake.capture.service import service
from evergrow.intake.pipeline import meters
from evergrow.intake.pipeline.tally import LAGS
from evergrow.workspaces.models import Key, KeyKind

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[str, str]


def text() -> tuple[str, bytes]:
    """The content type and the text. Answers while both stores are away."""
    return FORMAT, generate_latest(_registry)


class Collected:
    """Everything of ours; the process itself is told by the package."""

    def collect(self) -> Iterator[Metric]:
        close_old_connections()
        known = names()
        yield from _messages(known)
        yield from _spool()
        yield _histogram(
            "evergrow_spool_fsync_seconds", "How long a write to the spool took to be durable.", meters.FSYNC
        )
        yield _histogram(
            "evergrow_drain_seconds", "How long a segment took from the spool into the stores.", meters.DRAIN
        )
        yield GaugeMetricFamily("evergrow_store_up", "1 while the event store answers.", value=_store_answers())


def _messages(names: Mapping[meters.Source, Labels]) -> Iterator[Metric]:
    labels = ["workspace", "source"]
    kinds = CounterMetricFamily(
        "evergrow_capture_events",
        "Events stored, by what they were: accepted or duplicate.",
        labels=[*labels, "result"],
    )
    flagged = CounterMetricFamily("evergrow_capture_flagged", "Accepted against the tracking plan.", labels=labels)
    size = CounterMetricFamily("evergrow_capture_bytes", "Bytes of drained bodies.", labels=labels)
    for result in ("accepted", "duplicate"):
        for source, count in meters.events[result].copy().items():
            kinds.add_metric([*_of(names, source), result], count)
    for source, count in meters.events["flagged"].copy().items():
        flagged.add_metric([*_of(names, source)], count)
    for source, count in meters.received_bytes.copy().items():
        size.add_metric([*_of(names, source)], count)
    yield from (kinds, flagged, size)
    yield _reasons("evergrow_capture_rejected", "Messages kept as rejects.", meters.rejected.copy(), names)
    yield _reasons("evergrow_capture_refused", "Messages refused at the door.", meters.refused.copy(), names)
    unknown = CounterMetricFamily(
        "evergrow_capture_unknown_requests", "Requests refused that no source stands for.", labels=["reason"]
    )
    for code, count in meters.unknown.copy().items():
        unknown.add_metric([code], count)
    yield unknown
    yield HistogramMetricFamily(
        "evergrow_capture_lag_seconds", "From received to stored.", buckets=_lags(), sum_value=meters.lag_seconds
    )


def _reasons(
    name: str, words: str, counts: Counter[tuple[int, int, str]], names: Mapping[meters.Source, Labels]
) -> Metric:
    family = CounterMetricFamily(name, words, labels=["workspace", "source", "reason"])
    for (workspace, key, code), count in counts.items():
        family.add_metric([*_of(names, (workspace, key)), code], count)
    return family


def _spool() -> Iterator[Metric]:
    waiting = service.spool.waiting()
    drain = service.drain
    figures = {
        "evergrow_spool_bytes": ("Bytes acknowledged and not stored yet.", waiting.bytes),
        "evergrow_spool_segments": ("Files ready to be drained.", waiting.segments),
        "evergrow_spool_oldest_seconds": ("Age of the oldest file that waits, 0 without one.", waiting.oldest or 0.0),
        "evergrow_spool_stuck": ("Files set aside after five tries.", len(service.spool.set_aside())),
        "evergrow_spool_damaged": ("Files with bytes that cannot be read.", len(service.spool.damaged())),
        "evergrow_drain_in_trouble": ("1 while segments cannot be drained.", int(bool(drain and drain.trouble))),
    }
    for name, (words, value) in figures.items():
        yield GaugeMetricFamily(name, words, value=value)


def _histogram(name: str, words: str, spread: meters.Spread) -> Metric:
    buckets, seen = [], 0
    for bound, count in zip([*map(str, spread.bounds), "+Inf"], spread.counts, strict=True):
        seen += count
        buckets.append((bound, seen))
    return HistogramMetricFamily(name, words, buckets=buckets, sum_value=spread.total)


def _lags() -> list[tuple[str, int]]:
    counts, seen, buckets = meters.lags.copy(), 0, []
    for bound in LAGS.tolist():
        seen += counts[bound]
        buckets.append(("+Inf" if bound == LAGS[-1] else str(bound / 1000), seen))
    return buckets


def names() -> dict[meters.Source, Labels]:
    """The words for each source; empty while the database is away, when numbers stand in."""
    try:
        rows = Key.objects.filter(kind=KeyKind.WRITE).values_list("workspace_id", "pk", "workspace__slug", "name")
        return {(workspace, key): (slug, f"{name} ({key})") for workspace, key, slug, name in rows}
    except DatabaseError:
        return {}


def _of(names: Mapping[meters.Source, Labels], source: meters.Source) -> Labels:
    return names.get(source) or (str(source[0]), str(source[1]))


def _store_answers() -> int:
    try:
        return int(warehouse.scalar("select 1") == 1)
    except (warehouse.StoreUnavailable, warehouse.BadQuery):
        return 0


_registry = CollectorRegistry(auto_describe=False)
_registry.register(Collected())
ProcessCollector(registry=_registry)
