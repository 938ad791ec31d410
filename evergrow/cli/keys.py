"""``evergrow key``: write keys for capture and tokens for the API, shown once."""

import argparse
from typing import Any

from evergrow.cli import Refused


def add_to(commands: Any) -> None:
    parser = commands.add_parser("key", help="make, list and revoke keys", description=__doc__)
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    make = acts.add_parser("make", help="make a key and print it; it is not shown again")
    make.add_argument("name", help="what it is for, for example: web site")
    make.add_argument("--workspace", required=True)
    make.add_argument("--kind", choices=["write", "api"], default="write")
    make.add_argument("--role", choices=["admin", "manager", "operator", "viewer"], default="viewer")
    make.set_defaults(run=make_key)
    listing = acts.add_parser("list", help="list keys by their first characters")
    listing.add_argument("--workspace", required=True)
    listing.set_defaults(run=list_keys)
    revoke = acts.add_parser("revoke", help="revoke a key by its first characters")
    revoke.add_argument("prefix")
    revoke.add_argument("--workspace", required=True)
    revoke.set_defaults(run=revoke_key)


def make_key(arguments: argparse.Namespace) -> None:
    from evergrow.cli.members import find_workspace
    from evergrow.workspaces import actions

    _key, secret = actions.create_key(
        workspace=find_workspace(arguments.workspace),
        kind=arguments.kind,
        name=arguments.name,
        role=arguments.role,
        by=None,
    )
    print(secret)


def list_keys(arguments: argparse.Namespace) -> None:
    from evergrow.cli.members import find_workspace

    for key in find_workspace(arguments.workspace).keys.order_by("pk"):
        state = "revoked" if key.revoked_at else f"last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "new"
        print(f"{key.prefix}…  {key.kind:<6} {key.name:<30} {state}")


def revoke_key(arguments: argparse.Namespace) -> None:
    from evergrow.cli.members import find_workspace
    from evergrow.workspaces import actions

    found = find_workspace(arguments.workspace).keys.filter(prefix=arguments.prefix.rstrip("…"), revoked_at=None)
    if found.count() != 1:
        raise Refused(f"{found.count()} live keys begin with {arguments.prefix!r}. See: evergrow key list")
    actions.revoke_key(key=found.get(), by=None)
    print("Revoked.")
