"""A process that asked the store ends well, whatever it left open."""

import os
import subprocess
import sys

# What is frozen is not cleared away when the interpreter ends: connections stay open until the engine goes
CODE = """
import django; django.setup()
import gc
from evergrow import warehouse
warehouse.migrate()
answers = [warehouse.meanwhile(lambda: warehouse.scalar("select count() from events")) for _ in range(4)]
print([answer() for answer in answers], flush=True)
gc.freeze()
"""


def test_a_process_that_asked_in_threads_and_froze_its_objects_ends_without_a_fall(tmp_path):
    about = {"DJANGO_SETTINGS_MODULE": "evergrow.settings", "EVERGROW_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=os.environ | about, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str([0] * 4)
    assert done.returncode == 0, done.stderr
