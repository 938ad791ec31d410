"""``evergrow serve``: answer pages and capture, and do the work in the queue."""

import argparse
import socket
import sys
from typing import Any

from django.conf import settings

from evergrow.cli import address


def add_to(commands: Any) -> None:
    parser = commands.add_parser("serve", help="serve pages and capture, and run the jobs", description=__doc__)
    add_address(parser)
    parser.set_defaults(run=run)


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")


def run(arguments: argparse.Namespace) -> None:
    """Serve until Ctrl-C; stops taking requests, finishes those it has, and leaves nothing half-written."""
    import uvicorn

    refuse_taken_port(arguments.host, arguments.port)
    address.leave(arguments.host, arguments.port)
    uvicorn.run(
        "evergrow.asgi:application",
        host=arguments.host,
        port=arguments.port,
        http="evergrow.intake.capture.protocol:Protocol",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.SECURE_PROXY_SSL_HEADER),
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
    )


def refuse_taken_port(host: str, port: int) -> None:
    """End with a sentence when somebody else listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"evergrow: cannot listen on {host}:{port} ({error.strerror}). Choose another: PORT={port + 1}")
