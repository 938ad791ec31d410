"""How this program begins processes of its own: fresh interpreters that find the same packages."""

import os
import sys

# They work in bursts: what they no longer need goes back to the system, instead of staying in pools for the next burst.
# But for this much, which the next block takes again: asking for its pages anew was a twentieth of the work.
KEPT = 16 * 1024 * 1024
FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": str(KEPT),
    "MALLOC_MMAP_THRESHOLD_": str(KEPT),
}


def command(module: str, *arguments: str) -> list[str]:
    """Runs ``main()`` of a module."""
    return [sys.executable, "-c", f"from {module} import main; main()", *arguments]


def environment() -> dict[str, str]:
    """This process's environment, with its search path and frugal memory; what somebody chose there stays."""
    return FRUGAL | os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
