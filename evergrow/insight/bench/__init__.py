"""``evergrow bench insight``: the core questions over made-up events, in a process and a data folder of its own.

``run`` starts ``python -m evergrow.insight.bench`` with an empty throw-away folder, so that nothing of the user's is
touched, and gives back the object it prints. The parts: ``fill`` makes the events up, in our tables and in one laid out
as PostHog lays out its own; ``cases`` say which questions are asked of both; ``timing`` times them; ``arriving`` asks
while events arrive.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Ask of ``options.events`` events, and of a tenth of them before; the bench's object."""
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in STORES}
        command = [sys.executable, "-m", "evergrow.insight.bench.measure", str(options.events), str(options.seconds)]
        done = subprocess.run(
            command, env=environment | {"EVERGROW_DATA": folder}, stdout=subprocess.PIPE, check=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
