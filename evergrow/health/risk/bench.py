"""``evergrow bench risk``: how well models rank and how true their percentages are, on the usual benchmark of churn."""

import argparse
from pathlib import Path
from typing import Any

from evergrow.health.risk import telco
from evergrow.health.risk.fitting import CANDIDATES
from evergrow.lib import bench
from evergrow.lib.bench import Result

COPY = Path(__file__).parent / "tests" / "data" / "telco" / "Telco-Customer-Churn.csv.gz"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Cross-validate on ``options.data``, or on the copy in the source tree; the bench's object.

    Raises SystemExit with a sentence where there is no such file.
    """
    path = Path(options.data) if options.data else COPY
    if not path.exists():
        raise SystemExit(f"There is no file {path}. Name the table of the Telco customer churn data with --data.")
    rows = telco.read(path)
    found = telco.cross_validate(rows)
    (seconds,) = bench.durations(lambda: telco.cross_validate(rows, CANDIDATES[-1:]), repeats=1)
    results = [
        Result("customers", len(rows), "customers", "higher"),
        Result("AUC, out of fold", round(found.auc, 4), "", "higher", 0.845, "the tenure alone", found.baseline_auc),
        Result("AUC, low end of the 95% interval", round(found.auc_interval[0], 4), "", "higher"),
        Result("AUC, high end of the 95% interval", round(found.auc_interval[1], 4), "", "higher"),
        Result("calibration error, groups of equal size", round(found.error, 4), "", "lower", 0.02),
        Result("calibration error, steps of equal width", round(found.error_by_width, 4), "", "lower", 0.02),
        Result("Brier score", round(found.brier, 4), "", "lower"),
        Result("lift of the likeliest tenth", round(found.lift, 3), "×", "higher"),
        Result("cross-validation of one candidate", round(seconds, 3), "s", "lower"),
    ]
    return bench.report("risk", "scikit-learn and numpy", results)
