"""``evergrow bench segments``: criteria over a made-up crowd, in a process and a data folder of its own.

``run`` starts a module that prints the object of ``segments.measure`` with an empty throw-away folder, so that nothing
of the user's is touched. The command adds what only rooms above know (``evergrow.web.bench_segments``).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")


def run(options: argparse.Namespace, module: str) -> dict[str, Any]:
    """Measure with ``options.people`` people and ``options.events`` events in ``module``; the bench's object."""
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in STORES}
        command = [sys.executable, "-m", module, str(options.people), str(options.events)]
        done = subprocess.run(
            command, env=environment | {"EVERGROW_DATA": folder}, stdout=subprocess.PIPE, check=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
