"""The process that drains: it reads, finds out who is who and lays out events, so that the door answers meanwhile.

It is a fresh interpreter beside the server and holds nothing that matters: its events are in the spool until they are
stored. The event store is the server's, and so is the lock of those who change it; both are asked for over sockets
(``warehouse.sharing``). It ends when its input does, so also when the server is killed.
See docs/decisions/0018-one-process-drains.md.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pickle import PickleBuffer
from typing import TYPE_CHECKING

from evergrow.lib import pauses

if TYPE_CHECKING:
    from evergrow.intake.capture.drain import Drain

NICENESS = 5  # who sends is answered first, and who looks at a page
ALONE, PUT_IN, TELL = "alone", "put_in", "tell"


def main() -> None:
    """Drain until the input ends; the arguments are the numbers of the sockets."""
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)  # the server is told to stop, and ends our input
    with suppress(OSError):
        os.nice(NICENESS)
    import django

    django.setup()
    drain = made([socket.socket(fileno=int(number)) for number in sys.argv[1:]])
    threading.Thread(target=listen, args=(drain,), name="listen", daemon=True).start()
    pauses.keep_short()
    drain.run()


def made(ends: Sequence[socket.socket]) -> "Drain":
    """The drain of this process, with the store that is behind these sockets."""
    from django.conf import settings

    from evergrow.intake import events
    from evergrow.intake.capture.bringing import Batch
    from evergrow.intake.capture.drain import Drain, News
    from evergrow.intake.capture.reader import Reader
    from evergrow.intake.capture.spool import Spool
    from evergrow.warehouse import arrow, engines
    from evergrow.warehouse.sharing import SharedEngine

    engine = SharedEngine(ends)
    engines.install(engine)
    events.lock_with(lambda: engine.hold(ALONE))

    def insert(batch: Batch) -> events.Inserted:
        """Lay out here, and let the server put in: it knows the ids that are known."""
        table, order = events.lay_out(batch.workspace, batch.columns, segment=batch.segment)
        block = PickleBuffer(arrow.to_buffer(table))
        is_new = engine.ask(PUT_IN, batch.workspace.pk, block, batch.segment)
        return events.told(is_new, order)

    def tell(news: News) -> None:
        engine.ask(TELL, news)

    reader = Reader(settings.CAPTURE_READER_KIB * 1024) if settings.CAPTURE_READER_KIB else None
    return Drain(Spool(settings.DATA / "spool"), reader, insert, tell)


def listen(drain: "Drain") -> None:
    """Look at once when a byte comes, and stop when no more can come."""
    while os.read(0, 4096):
        drain.spool.sealed.set()
    drain.stop()
