"""``evergrow up``: migrate the stores, make the first workspace with the sample, serve, print a sign-in link."""

import argparse
import sys
import time
from typing import Any

from evergrow.cli import address, serve
from evergrow.cli.members import sign_in_url

OWNER_EMAIL = "owner@evergrow.example"
SAMPLE_SLUG = "sample"


def add_to(commands: Any) -> None:
    parser = commands.add_parser("up", help="set up what is missing, then serve", description=__doc__)
    serve.add_address(parser)
    parser.add_argument("--no-sample", action="store_true", help="on the first run, begin with an empty workspace")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    serve.refuse_taken_port(arguments.host, arguments.port)
    prepare()
    owner = first_owner() or first_member(with_sample=not arguments.no_sample)
    finish_sample(owner.workspace)
    base = address.of(arguments.host, arguments.port)
    print(f"\nEvergrow is at {base}\nSign in as {owner.user.email} within 15 minutes, once:\n")
    print(f"  {sign_in_url(owner.user, base)}\n")
    print("Another link: evergrow member link EMAIL.  Stop with Ctrl-C.", flush=True)
    serve.run(arguments)


def prepare() -> None:
    """Compile translations that changed and migrate both stores; quick when there is nothing to do."""
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.lib import catalogues

    if catalogues.are_stale():
        catalogues.compile_all()
    call_command("migrate", verbosity=0, interactive=False)
    try:
        warehouse.migrate()
    except warehouse.StoreUnavailable as error:
        sys.exit(f"evergrow: {error}")


def first_owner() -> Any:
    from evergrow.workspaces.models import Member, Role

    owners = Member.objects.filter(role=Role.OWNER, left_at=None, user__is_active=True)
    return owners.select_related("user", "workspace").order_by("pk").first()


def first_member(*, with_sample: bool) -> Any:
    """Make the first workspace and its owner."""
    from django.conf import settings

    from evergrow.workspaces import actions
    from evergrow.workspaces.models import User

    is_chinese = settings.LANGUAGE_CODE == "zh-hans"
    user = User.objects.create_user(OWNER_EMAIL, name="林悦" if is_chinese else "Lin Yue")
    actions.create_workspace(
        name=("Evergrow 示例" if is_chinese else "Evergrow sample") if with_sample else "Evergrow",
        slug=SAMPLE_SLUG if with_sample else "main",
        owner=user,
        language=settings.LANGUAGE_CODE,
        currency="USD" if with_sample else "CNY",
        is_sample=with_sample,
    )
    return first_owner()


def finish_sample(workspace: Any) -> None:
    """Load the sample into the sample's workspace unless that was done; a first run that broke off goes on here."""
    from evergrow.cli import sample

    if not workspace.is_sample or sample.is_loaded(workspace):
        return
    began = time.monotonic()
    print("Loading the sample: 12,000 accounts, 522,000 events …", flush=True)
    sample.load(workspace)
    print(f"The sample is ready after {time.monotonic() - began:.0f} s.")
