"""Files of a folder: one object a file, ``<kind>/<name>.yaml``, each begins with what it is."""

from dataclasses import dataclass, field
from pathlib import Path as FilePath

from django.utils.translation import gettext as _

from evergrow.workspaces.configuration import text as texts
from evergrow.workspaces.configuration.registry import Data, Kind, Path, Which, kinds
from evergrow.workspaces.models import Workspace

SUFFIX = ".yaml"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where: ``file`` as it is called in the folder, ``line`` 0 where none is to blame."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class BadFiles(ValueError):
    """Files that cannot be taken over, with everything that was found wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class File:
    """An object's file: its kind, its name (the file's without ``.yaml``), its data and the lines of their parts."""

    kind: Kind
    name: str
    data: Data
    lines: dict[Path, int] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.kind.folder}/{self.name}{SUFFIX}"

    def text(self) -> str:
        return texts.write({"evergrow": f"{self.kind.folder}/{FORMAT}", **self.data})


def export(workspace: Workspace, *, which: Which = "counts", only: list[str] | None = None) -> list[File]:
    """The files of a workspace, of the kinds (folders) in ``only`` or of all; see ``Kind`` for ``which``."""
    wanted = [kind for kind in kinds() if only is None or kind.folder in only]
    return [File(kind, name, data) for kind in wanted for name, data in sorted(kind.export(workspace, which).items())]


def to_folder(files: list[File], folder: FilePath) -> tuple[int, list[str]]:
    """Write the files that differ; how many were written, and which files of these kinds are in no export any more.

    Files that are too many are named, never deleted.
    """
    written = 0
    for file in files:
        path = folder / file.place
        path.parent.mkdir(parents=True, exist_ok=True)
        wanted = file.text()
        if not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            path.write_text(wanted, encoding="utf-8")
            written += 1
    known = {file.place for file in files}
    found = [path.relative_to(folder).as_posix() for path in sorted(folder.glob(f"*/*{SUFFIX}"))]
    return written, [place for place in found if place not in known]


def from_folder(folder: FilePath) -> list[File]:
    """The files of a folder. Raises BadFiles with every file that cannot be read."""
    by_folder = {kind.folder: kind for kind in kinds()}
    files, faults = [], []
    for path in sorted(folder.glob(f"*/*{SUFFIX}")):
        place = path.relative_to(folder).as_posix()
        kind = by_folder.get(path.parent.name)
        if kind is None:
            known = ", ".join(by_folder)
            sentence = _("“%(folder)s” is no kind of configuration. Known are: %(known)s.")
            faults.append(Fault(place, 0, sentence % {"folder": path.parent.name, "known": known}))
            continue
        try:
            files.append(read_file(kind, path.stem, path.read_text(encoding="utf-8-sig")))
        except texts.BadText as bad:
            faults.append(Fault(place, bad.line, bad.sentence))
        except UnicodeDecodeError:
            faults.append(Fault(place, 0, _("The file is not UTF-8 text. Save it as UTF-8.")))
    if not files and not faults:
        faults = [Fault(str(folder), 0, _("There is no file such as playbooks/renewal.yaml in this folder."))]
    if faults:
        raise BadFiles(faults)
    return files


def read_file(kind: Kind, name: str, text: str) -> File:
    """A file from its text. Raises BadText."""
    data, lines = texts.read(text)
    if not isinstance(data, dict):
        raise texts.BadText((), _("A file holds one object with its fields."), 1)
    said = data.pop("evergrow", f"{kind.folder}/{FORMAT}")
    if said != f"{kind.folder}/{FORMAT}":
        sentence = _("This begins with “evergrow: %(said)s”; here “evergrow: %(wanted)s” is expected.")
        words = {"said": said, "wanted": f"{kind.folder}/{FORMAT}"}
        raise texts.BadText(("evergrow",), sentence % words, lines.get(("evergrow",), 1))
    return File(kind, name, data, lines)
