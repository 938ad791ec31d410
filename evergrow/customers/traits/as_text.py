"""What is said of traits (``traits/described.yaml``), and computed traits, a file each (``account.orders.yaml``)."""

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow import warehouse
from evergrow.customers.criteria import CriteriaError
from evergrow.customers.models import ComputedState, ComputedTrait, SubjectKind, TraitDefinition
from evergrow.customers.segments import portable
from evergrow.customers.traits import document
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.document import BadDocument
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.subjects import Kind
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, in_order, pick, shapes
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

NAME = "described"


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    described: Data = {}
    for row in TraitDefinition.objects.filter(workspace=workspace).order_by("kind", "key"):
        described.setdefault(row.kind, {})[row.key] = in_order(document.facts_of(row))
    return {NAME: described} if described else {}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if name != NAME:
        raise BadObject((), _("A workspace has one of these. Call the file “%(name)s”.") % {"name": f"{NAME}.yaml"})
    try:
        document.check_kinds("described", data)
    except BadDocument as bad:
        path = tuple(part for part in bad.field.split(".")[1:] if part)
        raise BadObject(path, bad.sentence) from bad
    kept = export(workspace, "counts").get(NAME, {})
    found: Data = {}
    for kind in sorted({*kept, *data}):
        traits = {**kept.get(kind, {}), **(data.get(kind) or {})}
        found[kind] = {key: in_order(document.usual_left_out(traits[key])) for key in sorted(traits)}
    return found


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    try:
        document.bring_in(workspace=workspace, document={"version": 1, "described": data}, by=by)
    except BadDocument as bad:
        raise BadObject(tuple(bad.field.split(".")[1:]), bad.sentence) from bad


def export_computed(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = ComputedTrait.objects.filter(workspace=workspace).prefetch_related("versions")
    found = {}
    for trait in rows:
        shown = pick({version.state: version for version in trait.versions.all()}, which)
        if shown is not None:
            kept = {name: value for name, value in shown.definition.items() if name != "type"}
            found[f"{trait.kind}.{trait.key}"] = {
                "name": {code: trait.name.get(code, "") for code in ("en", "zh")},
                "definition": in_order(portable.with_keys(kept, workspace.pk)),
            }
    return found


def read_computed(workspace: Workspace, name: str, data: Data) -> Data:
    kind, key = _parted(name)
    parts = shapes.mapping(data, (), ("name", "definition"))
    definition = parts.get("definition")
    if not isinstance(definition, dict):
        raise BadObject(("definition",), _("A computed trait needs a definition."))
    is_new = not ComputedTrait.objects.filter(workspace=workspace, kind=kind, key=key).exists()
    checked = _guarded(lambda: drafts.checked(workspace, kind, key, definition, is_new=is_new))
    kept = {field: value for field, value in checked.items() if field != "type"}
    words = shapes.words(parts.get("name"), ("name",), most=120)
    return {"name": words, "definition": in_order(portable.with_keys(kept, workspace.pk))}


def write_computed(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    kind, key = _parted(name)
    trait = ComputedTrait.objects.filter(workspace=workspace, kind=kind, key=key).first()
    facts: dict[str, Any] = {"definition": data["definition"], "name": data["name"], "by": by}
    if trait is None:
        _guarded(lambda: drafts.create(workspace=workspace, kind=kind, key=key, **facts))
    else:
        _guarded(lambda: drafts.save_draft(trait=trait, **facts))


def publish_computed(workspace: Workspace, name: str, by: Member | None) -> None:
    kind, key = _parted(name)
    trait = ComputedTrait.objects.get(workspace=workspace, kind=kind, key=key)
    if trait.versions.filter(state=ComputedState.DRAFT).exists():
        _guarded(lambda: drafts.publish(trait=trait, by=by))


def _parted(name: str) -> tuple[Kind, str]:
    kind, _dot, key = name.partition(".")
    if kind not in SubjectKind.values or not key:
        raise BadObject((), _("Call the file after whom the trait is of and its key: account.orders_30d.yaml."))
    return cast(Kind, kind), key


def _guarded(act: Any) -> Any:
    try:
        return act()
    except warehouse.StoreUnavailable as down:
        raise BadObject(("definition",), _("Formulas need the event store: %(why)s") % {"why": down}) from down
    except (CriteriaError, FormulaError, Refused, TypeError) as error:
        place = getattr(error, "part", "") or getattr(error, "field", "") or ""
        path = portable.places(str(place))
        raise BadObject(path if path[:1] == ("definition",) else ("definition", *path), str(error)) from error


configuration.register(
    configuration.Kind("traits", pgettext_lazy("configuration", "Descriptions of traits"), 10, export, read, write)
)
configuration.register(
    configuration.Kind(
        "computed-traits",
        pgettext_lazy("configuration", "Computed trait"),
        35,
        export_computed,
        read_computed,
        write_computed,
        publish_computed,
    )
)
