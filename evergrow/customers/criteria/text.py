"""Criteria as YAML, for files and for editing without a form."""

from typing import Any

import yaml
from django.utils.translation import gettext as _

from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.parse import parse
from evergrow.customers.criteria.tree import All, Criteria
from evergrow.customers.criteria.write import as_data
from evergrow.workspaces.models import Workspace

LONGEST = 200_000


class _Loader(yaml.SafeLoader):
    """Reads days as texts and refuses aliases, which could blow a short text up without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem=_("references (*) are not used here"), problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def to_yaml(criteria: Criteria) -> str:
    """The criteria as YAML; everyone is an empty text."""
    return "" if criteria.root == All() else data_to_yaml(as_data(criteria))


def data_to_yaml(data: Any) -> str:
    """JSON data of criteria as YAML."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=100)


def from_yaml(text: str, kind: str, workspace: Workspace) -> Criteria:
    """The criteria that YAML (or JSON) says. Raises CriteriaError at the line or at the part that is wrong."""
    return parse(read_yaml(text), kind, workspace)


def read_yaml(text: str) -> Any:
    """The data of a text. Raises CriteriaError that names the line."""
    if len(text) > LONGEST:
        raise CriteriaError("", _("The text is too long."))
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        if mark is None:
            raise CriteriaError("", _("The text cannot be read: %(problem)s.") % {"problem": problem}) from None
        sentence = _("Line %(line)s, column %(column)s cannot be read: %(problem)s.")
        parts = {"line": mark.line + 1, "column": mark.column + 1, "problem": problem}
        raise CriteriaError("", sentence % parts) from None
