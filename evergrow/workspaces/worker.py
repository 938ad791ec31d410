"""The thread that runs due jobs. Several processes may each have one: a job is claimed by a guarded update."""

import logging
import threading

from django.db import close_old_connections, models

from evergrow.workspaces import jobs, ticks

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
TICK_SECONDS = 60.0


class Worker:
    """Looks for due jobs every second, and queues the daily ones every minute."""

    def __init__(self, *, is_alone: bool) -> None:
        """``is_alone``: no other process can hold jobs, so those left running by a killed one are free at once."""
        self._is_alone = is_alone
        self._stop = jobs.stopping
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        if self._is_alone:
            jobs.requeue(models.Q())
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Ask the thread to end: a job stops at its next progress report and goes back into the queue."""
        self._stop.set()
        if self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        since_tick = TICK_SECONDS
        while not self._stop.is_set():
            try:
                close_old_connections()
                if since_tick >= TICK_SECONDS:
                    ticks.enqueue_due()
                    since_tick = 0.0
                if jobs.run_next():
                    continue
            except Exception:
                log.exception("The job worker stumbled; it goes on.")
            self._stop.wait(LOOK_SECONDS)
            since_tick += LOOK_SECONDS
