"""Criteria previews, one subject, and the mirror, as ``evergrow bench segments`` measures them."""

import time
from typing import Any

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria import mirror
from evergrow.customers.criteria.bound import Statement
from evergrow.customers.models import Person, TraitChange
from evergrow.lib import bench
from evergrow.lib.bench import Result
from evergrow.workspaces.models import Workspace

PLAIN = "plain SQL: one grouped pass over raw events, joined with the traits"
ROWS = 20_000
QUESTIONS: dict[str, Any] = {
    "trait and did": {
        "all": [{"trait": "plan", "is": ["Pro", "Business"]}, {"did": "event_0", "within": {"days": 30}}]
    },
    "trait, did 3 times, did not": {
        "all": [
            {"trait": "plan", "is": ["Pro", "Business"]},
            {"trait": "score", "over": 40},
            {"did": "event_0", "times": {"at_least": 3}, "within": {"days": 30}},
            {"did_not": "event_5", "within": {"days": 90}},
        ]
    },
    "sum of a property over 90 days": {
        "did": "event_1",
        "measure": {"sum": "amount"},
        "at_least": 500,
        "within": {"days": 90},
    },
    "sequence of two within 7 days": {
        "sequence": [{"did": "event_2"}, {"did": "event_3"}],
        "gap": {"days": 7},
        "within": {"days": 90},
    },
    "any event 20 times, whole history": {"did": "*", "times": {"at_least": 20}},
    "stopped": {"stopped": "event_0", "for": {"days": 14}, "after": {"times": 3, "within": {"days": 30}}},
}


def mirror_of_rows(workspace: Workspace, people: int, events: int) -> list[Result]:
    """How long people of the relational store take to reach the mirror, in a workspace of their own."""
    aside = Workspace.objects.create(slug="rows", name="Rows", zone="UTC")
    Person.objects.bulk_create(
        Person(
            workspace=aside,
            number=number,
            name=f"Person {number}",
            email=f"p{number}@example.com",
            traits={"plan": "Pro", "score": number % 100, "city": "上海", "since": "2026-01-01", "tags": ["a", "b"]},
        )
        for number in range(1, ROWS + 1)
    )
    (first,) = bench.durations(lambda: mirror.refresh(aside), repeats=1)
    Person.objects.filter(workspace=aside, number__lte=1_000).update(title="Head of IT")
    (again,) = bench.durations(lambda: mirror.refresh(aside), repeats=1)
    idle = bench.durations(lambda: mirror.refresh(aside), repeats=20)
    TraitChange.objects.filter(workspace_id=workspace.pk).delete()
    return [
        Result("mirror: a person of 12 traits", round(first / ROWS * 1e6, 1), "µs", "lower", 100.0),
        Result("mirror: 1,000 changed people", round(again * 1000, 1), "ms", "lower", 500.0),
        Result("mirror: nothing changed, median", round(bench.quantile(idle, 0.5) * 1000, 2), "ms", "lower", 5.0),
    ]


def previews(workspace: Workspace, people: int, events: int) -> list[Result]:
    """Count and sample, as the form asks for them."""
    results = []
    for name, data in QUESTIONS.items():
        asked = criteria.parse(data, "person", workspace)
        taken = bench.durations(lambda asked=asked: criteria.preview(workspace, asked, 20), repeats=5)  # type: ignore[misc]
        baseline, slow = ("", None) if name != "trait and did" else (PLAIN, plain(workspace, asked))
        results.append(
            Result(
                f"preview: {name}, median",
                round(bench.quantile(taken, 0.5), 3),
                "s",
                "lower",
                1.0,
                baseline,
                None if slow is None else round(slow, 3),
            )
        )
    return results


def plain(workspace: Workspace, asked: criteria.Criteria) -> float:
    """Seconds of the first question asked the way one writes it first. Raises AssertionError when they disagree."""
    sql = warehouse.statement("customers", "bench_plain")
    found = Statement(sql, {"workspace": workspace.pk, "today": workspace.today()})
    taken = bench.durations(lambda: warehouse.rows(found.text, **found.params), repeats=3)
    if warehouse.scalar(found.text, **found.params) != criteria.count(workspace, asked):
        raise AssertionError("The compiler and plain SQL disagree.")
    return bench.quantile(taken, 0.5)


def one_subject(workspace: Workspace, people: int, events: int) -> list[Result]:
    """One subject asked whether it meets criteria; loading it is told apart."""
    asked = criteria.parse(QUESTIONS["trait, did 3 times, did not"], "person", workspace)
    holds = criteria.evaluator(asked)
    needs = criteria.needs(asked)
    numbers = [1 + step * max(people // 50, 1) for step in range(50)]
    began = time.perf_counter()
    subjects = [criteria.subject(workspace, "person", number, needs) for number in numbers if number <= people]
    loading = (time.perf_counter() - began) / len(subjects)
    taken = sorted(bench.quantile(bench.durations(lambda s=s: holds(s), repeats=50), 0.5) for s in subjects)  # type: ignore[misc]
    return [
        Result("one subject, evaluation, median", round(bench.quantile(taken, 0.5) * 1e6, 2), "µs", "lower", 50.0),
        Result("one subject, evaluation, slowest", round(taken[-1] * 1e6, 2), "µs", "lower"),
        Result("one subject, loading, mean", round(loading * 1000, 1), "ms", "lower"),
    ]
