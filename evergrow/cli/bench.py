"""``evergrow bench``: measure this machine. Prints one JSON object, each figure beside a baseline of the same run."""

import argparse
import json
from importlib import import_module
from typing import Any

BENCHES = {
    "capture": ("evergrow.intake.bench", "events accepted and drained per second"),
    "import": ("evergrow.intake.bench_import", "the whole sample through the import"),
    "insight": ("evergrow.insight.bench", "the core questions over many events, beside straightforward SQL"),
    "segments": ("evergrow.web.bench_segments", "criteria, segments, profiles and merges among many people"),
    "health": ("evergrow.health.bench", "scores of a whole portfolio"),
    "value": ("evergrow.health.value.bench", "models of lifetime value, beside another package"),
    "risk": ("evergrow.health.risk.bench", "ranking and calibration of churn models on the usual benchmark"),
    "work": ("evergrow.success.bench", "steps of playbooks that move by themselves, and other daily work"),
    "pages": ("evergrow.web.bench", "pages answered by a served instance with the sample"),
}


def add_to(commands: Any) -> None:
    parser = commands.add_parser("bench", help="measure speed against named baselines", description=__doc__)
    kinds = parser.add_subparsers(title="benches", metavar="BENCH", required=True)
    for name, (_module, words) in BENCHES.items():
        bench = kinds.add_parser(name, help=words)
        bench.add_argument("--json", action="store_true", help="print the JSON object alone")
        bench.add_argument("--seconds", type=float, default=5.0, help="how long each timed part lasts")
        bench.add_argument(
            "--stored", type=int, default=0, help="also with this many events stored, beside a million (capture)"
        )
        bench.add_argument("--events", type=int, default=2_000_000, help="events to make up (insight, segments)")
        bench.add_argument("--keep", default="", help="keep the store in this folder, to be asked again (insight)")
        bench.add_argument("--people", type=int, default=200_000, help="people to make up (segments)")
        bench.add_argument("--accounts", type=int, default=12_000, help="accounts to make up (health)")
        bench.add_argument("--measures", type=int, default=12, help="measures of the scorecard (health)")
        bench.add_argument("--customers", type=int, default=1_000_000, help="customers to make up (value)")
        bench.add_argument("--data", default="", help="the Telco churn table, plain or gzipped (risk)")
        bench.add_argument("--part", default="", help="only this part (work)")
        bench.set_defaults(run=run, bench=name)


def run(arguments: argparse.Namespace) -> None:
    """Run one bench in a throw-away data folder, never on the user's own."""
    report: dict[str, Any] = import_module(BENCHES[arguments.bench][0]).run(arguments)
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    machine = report["machine"]
    print(f"{report['bench']} on {machine['cpus']} cores, {machine['memory_gib']} GiB, {machine['engine']}")
    print(f"a plain Python loop of a million additions took {machine['python_loop_ms']} ms just now")
    for row in report["results"]:
        better = f"{row['ratio']:.1f}× {row['baseline']}" if row.get("ratio") else ""
        print(f"  {row['metric']:<44} {row['value']:>14,.3f} {row['unit']:<10} {better}")
