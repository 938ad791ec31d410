"""Plain data as YAML and back, with the line of every part, so that a refusal can say where."""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from evergrow.workspaces.configuration.registry import Path

LARGEST = 1024 * 1024
DEEPEST = 40
WIDTH = 100
KEYS_FIRST = ("evergrow", "version", "key", "kind", "name", "en", "zh", "description", "purpose")


class BadText(ValueError):
    """A text that cannot be read. ``line`` counts from 1; 0 where it is not known."""

    def __init__(self, path: Path, sentence: str, line: int = 0) -> None:
        super().__init__(path, sentence, line)
        self.path, self.sentence, self.line = path, sentence, line

    def __str__(self) -> str:
        return _("Line %(line)s: %(text)s") % {"line": self.line, "text": self.sentence} if self.line else self.sentence


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, and writes texts of several lines as they read."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)


def write(data: Any) -> str:
    """The YAML of plain data: the same data always gives the same text, readable, keys as they come."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=WIDTH)


def in_order(data: Any) -> Any:
    """Data with the keys of objects in one order, for what PostgreSQL kept: it forgets the order of keys."""
    if isinstance(data, list | tuple):
        return [in_order(each) for each in data]
    if not isinstance(data, Mapping):
        return data
    first = {key: place for place, key in enumerate(KEYS_FIRST)}
    keys = sorted(data, key=lambda key: (first.get(key, len(first)), key))
    return {key: in_order(data[key]) for key in keys}


def read(text: str) -> tuple[Any, dict[Path, int]]:
    """The data of a text (JSON is YAML too), and the line of each of its parts.

    No aliases and no tags; names are always text; only ``true`` and ``false`` are truth: a value ``no`` stays a word,
    and a day stays a text. Raises BadText with the line.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise BadText((), _("The file is larger than 1 MiB."))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise BadText((), _("Aliases (*name) are not read here."), _line_of(event.start_mark))
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        reason = _("This is not YAML: %(reason)s.") % {"reason": error.problem or error.context or ""}
        raise BadText((), reason, _line_of(error.problem_mark)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, BadText):
            raise
        raise BadText((), _("This is not YAML: %(reason)s.") % {"reason": str(error)[:120]}) from error
    lines: dict[Path, int] = {(): 1}
    return (None if node is None else _value(node, (), lines)), lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of a path, or of the nearest part above it; 0 without any."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = _line_of(node.start_mark)
    if len(path) > DEEPEST:
        raise BadText(path, _("This is nested too deeply."), lines[path])
    if isinstance(node, yaml.MappingNode):
        return _names(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, place), lines) for place, each in enumerate(node.value, 1)]
    return _scalar(node)


def _names(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = _line_of(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise BadText(path, _("A name must be a text."), line)
        if key.value in found:
            sentence = _("“%(name)s” stands here twice.") % {"name": key.value[:80]}
            raise BadText((*path, key.value), sentence, line)
        found[key.value] = _value(value, (*path, key.value), lines)
        lines[(*path, key.value)] = line
    return found


def _line_of(mark: Any) -> int:
    return mark.line + 1 if mark else 0


_TAG = re.compile(r".*:")


def _scalar(node: yaml.Node) -> Any:
    kind, text = _TAG.sub("", node.tag), node.value
    if kind == "null":
        return None
    if kind == "bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            return text
    return text
