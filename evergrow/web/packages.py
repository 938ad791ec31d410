"""The browser packages we serve: which files of node_modules, and under which static names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FILES = {
    "tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/js/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "sortable/Sortable.min.js": "sortablejs/Sortable.min.js",
}


class PackageFinder(BaseFinder):
    """Finds the files of ``FILES``, and no other file of node_modules."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        """The file of a static name; nothing where it is not one of ours or the packages are not installed."""
        file = settings.NODE_MODULES / FILES[path] if path in FILES else None
        found = [str(file)] if file and file.is_file() else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Every static name with the storage that holds it."""
        for name, file in FILES.items():
            if (settings.NODE_MODULES / file).is_file():
                yield name, Renamed(name, settings.NODE_MODULES / file)


class Renamed(FileSystemStorage):
    """One file, known under another name."""

    prefix = ""

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(location=file.parent)
        self._names = {name: file.name}

    def path(self, name: str) -> str:
        return super().path(self._names.get(name, name))


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names carry the content's hash. Source maps are not served, so references to them are left as they are."""

    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )
