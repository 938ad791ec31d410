"""The running capture of this process: its spool and the process that drains it."""

from typing import TYPE_CHECKING, Any

from django.conf import settings

from evergrow.intake.capture.spool import Spool

if TYPE_CHECKING:
    from evergrow.intake.capture.beside import DrainProcess
    from evergrow.intake.pipeline.refusals import Flusher


class Service:
    """Made once per process; ``start`` and ``stop`` are called by the server.

    ``strangers`` counts requests whose key was unknown: what they held could not be kept for anybody.
    """

    def __init__(self) -> None:
        self._spool: Spool | None = None
        self.drain: DrainProcess | None = None
        self.strangers = 0
        self._flusher: Flusher | None = None

    @property
    def spool(self) -> Spool:
        """The spool in the data folder; begins to take frames at first use."""
        if self._spool is None:
            spool = Spool(
                settings.DATA / "spool",
                min_free=settings.SPOOL_MIN_FREE_MIB * 1024 * 1024,
                max_waiting=settings.SPOOL_WAITING_MIB * 1024 * 1024,
            )
            spool.start()
            self._spool = spool
        return self._spool

    def start(self) -> None:
        """Take frames and drain them."""
        from evergrow.intake.capture.beside import DrainProcess
        from evergrow.intake.pipeline.refusals import Flusher

        self.drain = DrainProcess(self.spool)
        self.drain.start()
        self._flusher = Flusher()
        self._flusher.start()

    def stop(self) -> None:
        """Seal the spool and finish the segment in hand."""
        if self._spool is not None:
            self._spool.stop()
            self._spool = None
        if self.drain is not None:
            self.drain.stop()
            self.drain = None
        if self._flusher is not None:
            self._flusher.stop()
            self._flusher = None

    def state(self) -> dict[str, Any]:
        """Depth of the spool in bytes, and what the drain has done since the start; anybody may read it."""
        drain = self.drain
        return {
            "spool_bytes": self.spool.depth(),
            "inserted": drain.counted if drain else 0,
            "duplicates": drain.duplicates if drain else 0,
            "rejected": drain.rejected if drain else 0,
            "unknown_keys": self.strangers,
            "is_stuck": bool(drain and drain.trouble),
        }


service = Service()
