"""``python -m … .store PORT FOLDER``: an event store in a process, behind the protocol of a ClickHouse server."""

import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from evergrow.warehouse.in_process import InProcessEngine
from evergrow.warehouse.tests.bridge import Handler


def main(port: int, folder: Path) -> None:
    engine = InProcessEngine(folder)

    class Forgetful(Handler):
        requests: list = type("Nothing", (list,), {"append": lambda self, item: None})()

    Forgetful.engine = engine
    server = ThreadingHTTPServer(("127.0.0.1", port), Forgetful)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
