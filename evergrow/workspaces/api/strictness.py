"""Bodies whose numbers and truth values are what JSON says they are: no 1 for true, no "3" or true for 3."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Strict

SCALARS = (bool, int, float)


def tighten(model: type[BaseModel], seen: set[type[BaseModel]]) -> None:
    """Make ``model``, and every model within, take numbers and truth values as they are; ``seen`` are done already."""
    if model in seen:
        return
    seen.add(model)
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            tighten(inner, seen)
        if field.annotation in SCALARS:
            field.metadata = [Strict(), *field.metadata]
        else:
            field.annotation = _strict(field.annotation)
    model.model_rebuild(force=True)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _strict(annotation: Any) -> Any:
    """The same type with strict scalars, however deep they lie."""
    origin: Any = get_origin(annotation)
    parts = get_args(annotation)
    if annotation in SCALARS:
        return Annotated[annotation, Strict()]
    if not parts or origin is Literal:
        return annotation
    if origin is Annotated:
        return Annotated[(_strict(parts[0]), *parts[1:])]
    if origin in (Union, types.UnionType):
        return Union[tuple(map(_strict, parts))]  # noqa: UP007
    if origin not in (list, dict, tuple, set):
        return annotation
    return origin[tuple(map(_strict, parts))]
