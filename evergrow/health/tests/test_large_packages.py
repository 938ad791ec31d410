"""Large packages are brought in where they are needed: each server and helper would start later and hold more."""

import os
import subprocess
import sys

LARGE = ("sklearn", "scipy", "pandas")
STARTED = (
    "import django; django.setup(); import sys; import evergrow.urls; print(*(set(sys.modules) & set(sys.argv[1:])))"
)


def test_a_server_starts_without_them() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "evergrow.settings"}
    done = subprocess.run(
        [sys.executable, "-c", STARTED, *LARGE], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
