"""``evergrow bench import``: the whole sample through the import, in a process and a data folder of its own.

``run`` starts ``python -m evergrow.intake.bench_import`` with an empty throw-away folder, so that nothing of the user's
is touched, and gives back the object it prints.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from typing import Any

from evergrow.lib import bench
from evergrow.lib.bench import Result

STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")
ROW_BY_ROW = 2_000
PLAIN = f"one get-or-create per row, {ROW_BY_ROW:,} rows scaled up"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Load the sample into an empty folder; the bench's object."""
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in STORES}
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            env=environment | {"EVERGROW_DATA": folder},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure() -> dict[str, Any]:
    """Time the sample, each of its files, the invoices again, and the invoices row by row."""
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.intake.imports import by_hand
    from evergrow.intake.models import Import
    from evergrow.intake.sample import load_sample
    from evergrow.workspaces.models import Workspace

    warehouse.migrate()
    call_command("migrate", verbosity=0)
    workspace = Workspace.objects.create(slug="bench", name="Bench")
    began = time.perf_counter()
    load_sample(workspace)
    whole = time.perf_counter() - began
    runs = list(Import.objects.filter(workspace=workspace).order_by("pk"))
    invoices = next(each for each in runs if each.kind == "invoices")
    plain = row_by_row(invoices)
    began = time.perf_counter()
    again = by_hand.import_file(workspace, invoices.path, "invoices", invoices.mapping)
    repeated = time.perf_counter() - began
    results = [Result("the whole sample, from file to account", round(whole, 2), "s", "lower", 60.0)]
    for each in runs:
        speed = each.rows_done / (each.seconds or 1)
        beside = (PLAIN, round(plain)) if each is invoices else ("", None)
        results.append(Result(f"{each.kind}: {each.rows_done:,} rows", round(speed), "rows/s", "higher", None, *beside))
    results.append(Result("the same invoices again", round(again.unchanged / repeated), "rows/s", "higher"))
    return bench.report("import", warehouse.describe(), results)


def row_by_row(source: Any) -> float:
    """Rows per second of the plain way: parse a row, look it up, save it."""
    from evergrow.customers.models import Account, Invoice
    from evergrow.intake import files
    from evergrow.intake.imports.parsing import Parser
    from evergrow.intake.kinds import KINDS

    parser = Parser(source, KINDS["invoices"])
    rows = list(islice(files.read(source.path, files.Layout(**source.layout)), ROW_BY_ROW))
    began = time.perf_counter()
    for number, row in enumerate(rows):
        values = {key: column[0] for key, column in parser.chunk(0, [(number, row)]).values.items()}
        account = Account.objects.get(workspace=source.workspace, external_id=values.pop("account"))
        external_id = f"plain-{values.pop('external_id')}"
        Invoice.objects.get_or_create(
            workspace=source.workspace, external_id=external_id, defaults={"account": account, **values}
        )
    return ROW_BY_ROW / (time.perf_counter() - began)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    print(json.dumps(measure()))
