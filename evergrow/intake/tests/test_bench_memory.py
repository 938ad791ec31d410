"""What the benchmark calls the memory of a server: what it and its helpers had together."""

import subprocess
import sys

import pytest

from evergrow.intake.bench.memory import Watch, family

HELPER = "x = bytearray(60 << 20); print(flush=True); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HELPER!r}])"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_helpers_count_and_what_was_had_before_stays_known() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        watch = Watch(process.pid)
        watch.look()
        assert len(family(process.pid)) == 2
        process.communicate(b"\n")
        watch.stop()
    assert 60 < watch.peak_mib() < 200
