"""What is configured, as readable text: out into files, and in again after a look at what would change.

A room registers what it has (``register`` with a ``Kind``); ``plan`` and ``apply`` do the rest for all of them.
"""

from evergrow.workspaces.configuration.compare import Difference, differences, tell
from evergrow.workspaces.configuration.folder import BadFiles, Fault, File, export, from_folder, read_file, to_folder
from evergrow.workspaces.configuration.planning import Change, apply, plan
from evergrow.workspaces.configuration.registry import BadObject, Data, Kind, Which, kind_of, kinds, pick, register
from evergrow.workspaces.configuration.text import BadText, in_order, read, write

__all__ = [
    "BadFiles",
    "BadObject",
    "BadText",
    "Change",
    "Data",
    "Difference",
    "Fault",
    "File",
    "Kind",
    "Which",
    "apply",
    "differences",
    "export",
    "from_folder",
    "in_order",
    "kind_of",
    "kinds",
    "pick",
    "plan",
    "read",
    "read_file",
    "register",
    "tell",
    "to_folder",
    "write",
]
