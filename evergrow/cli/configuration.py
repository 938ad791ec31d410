"""``evergrow config``: what a workspace has configured, as readable files: out, compared, and in again.

One object a file, ``playbooks/renewal.yaml`` for example, to be kept in version control. It works beside a running
server. ``plan`` shows what ``apply`` would change, ``apply`` makes drafts; with --publish they count at once.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from evergrow.cli import Refused
from evergrow.cli.members import find_workspace


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "config",
        help="playbooks, segments, scorecards and the rest as files",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    export = _act(acts, "export", "write the files into a folder", export_files)
    export.add_argument("--drafts", action="store_true", help="what open drafts say, instead of what counts now")
    export.add_argument("--only", action="append", metavar="KIND", help="only this kind, for example: playbooks")
    for name, words, run in (
        ("plan", "show what apply would change; changes nothing", plan_files),
        ("apply", "take the files over, all or none", apply_files),
    ):
        act = _act(acts, name, words, run)
        act.add_argument("--publish", action="store_true", help="let it count at once, instead of making drafts")


def _act(acts: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    act: argparse.ArgumentParser = acts.add_parser(name, help=words)
    act.add_argument("folder", type=Path)
    act.add_argument("--workspace", required=True, help="the workspace's short name, as in its address")
    act.add_argument("--json", action="store_true", help="print one JSON object")
    act.set_defaults(run=run)
    return act


def export_files(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces import configuration

    workspace = find_workspace(arguments.workspace)
    known = [kind.folder for kind in configuration.kinds()]
    unknown = [kind for kind in arguments.only or [] if kind not in known]
    if unknown:
        raise Refused(f"there is no kind {unknown[0]!r}. Known: {', '.join(known)}.")
    which: configuration.Which = "newest" if arguments.drafts else "counts"
    files = configuration.export(workspace, which=which, only=arguments.only)
    written, surplus = configuration.to_folder(files, arguments.folder)
    if arguments.only:
        surplus = [place for place in surplus if place.split("/")[0] in arguments.only]
    if arguments.json:
        print(json.dumps({"files": len(files), "written": written, "surplus": surplus}, ensure_ascii=False))
        return
    print(f"{len(files):,} files, {written:,} of them written anew, in {arguments.folder}")
    for place in surplus:
        print(f"  {place} is not in the workspace (any more); delete the file if it is no longer wanted")


def plan_files(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces import configuration

    workspace = find_workspace(arguments.workspace)
    try:
        changes = configuration.plan(workspace, _files(arguments), publish=arguments.publish)
    except configuration.BadFiles as bad:
        raise _refusal(bad) from None
    _tell(arguments, changes, "Nothing was changed: this is what apply would do.")


def apply_files(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces import configuration

    workspace = find_workspace(arguments.workspace)
    try:
        changes = configuration.apply(workspace=workspace, files=_files(arguments), by=None, publish=arguments.publish)
    except configuration.BadFiles as bad:
        raise _refusal(bad) from None
    _tell(arguments, changes, "Published." if arguments.publish else "What has drafts waits there to be published.")


def _files(arguments: argparse.Namespace) -> Any:
    from evergrow.workspaces import configuration

    if not arguments.folder.is_dir():
        raise Refused(f"{arguments.folder} is not a folder. Make one with: evergrow config export")
    return configuration.from_folder(arguments.folder)


def _refusal(bad: Any) -> Refused:
    lines = "\n".join(f"  {fault}" for fault in bad.faults)
    return Refused(f"nothing was changed, because of:\n{lines}")


def _tell(arguments: argparse.Namespace, changes: Any, end: str) -> None:
    from evergrow.workspaces import configuration

    counts = {how: sum(change.how == how for change in changes) for how in ("new", "changed", "same")}
    if arguments.json:
        told = [
            {"file": c.file.place, "how": c.how, "differences": [configuration.tell(d) for d in c.differences]}
            for c in changes
            if c.how != "same"
        ]
        print(json.dumps({**counts, "changes": told}, ensure_ascii=False))
        return
    for change in changes:
        if change.how == "new":
            print(f"+ {change.file.place}")
        elif change.how == "changed":
            print(f"~ {change.file.place}")
            for difference in change.differences:
                print(f"    {configuration.tell(difference)}")
    print(f"{counts['new']:,} new, {counts['changed']:,} changed, {counts['same']:,} as they are. {end}")
