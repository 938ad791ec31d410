"""The description of the API: the OpenAPI document, and a page that reads well without any script."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from evergrow.workspaces.api.instance import Api


def views(api: Api, chinese: Mapping[str, str]) -> tuple[Any, Any]:
    """The views of an API's document and of its page; ``chinese`` has the page's headings for readers of Chinese."""

    @require_safe
    def openapi(request: HttpRequest) -> HttpResponse:
        return JsonResponse(api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False})

    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        schema = api.get_openapi_schema()
        context = {
            "about": schema["info"]["description"],
            "groups": groups(schema, _words(chinese)),
            "base": request.build_absolute_uri("/"),
        }
        return render(request, "workspaces/api_docs.html", context)

    return openapi, docs


def _words(chinese: Mapping[str, str]) -> Mapping[str, str]:
    return chinese if (get_language() or "").startswith("zh") else {}


def groups(schema: dict[str, Any], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The operations by tag, in the order of the document, each with its parameters, body and answer as rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation.get("tags", ["other"])[0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": words.get(operation["summary"], operation["summary"]),
                    "description": operation.get("description", ""),
                    "parameters": [_parameter(part, schema) for part in operation.get("parameters", [])],
                    "body": _body(operation.get("requestBody", {}), schema),
                    "answer": _answer(operation, schema),
                }
            )
    return [
        {"key": name, "name": words.get(name, name), "operations": operations} for name, operations in found.items()
    ]


def _parameter(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    row = {"name": part["name"], "in": part["in"], "required": part.get("required", False)}
    about = part.get("description") or part["schema"].get("description", "")
    return {**row, "type": _type(part["schema"], schema), "about": about}


def _body(body: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    content: dict[str, Any] = next(iter(body.get("content", {}).values()), {})
    return _fields(content.get("schema", {}), schema)


def _answer(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    status, response = next((s, r) for s, r in operation["responses"].items() if str(s) != "default")
    content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
    return {"status": status, "fields": _fields(content.get("schema", {}), schema)}


def _fields(part: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    whole = _resolved(part, schema)
    required = whole.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field, schema),
            "about": field.get("description", ""),
            "required": name in required,
        }
        for name, field in whole.get("properties", {}).items()
    ]


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref", "")
    found: dict[str, Any] = schema["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else part
    return found


def _type(part: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in part:
        whole = _resolved(part, schema)
        return " | ".join(map(str, whole["enum"])) if "enum" in whole else part["$ref"].rsplit("/", 1)[1]
    for several in ("anyOf", "allOf"):
        if several in part:
            return " | ".join(_type(one, schema) for one in part[several])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if part.get("type") == "array":
        return f"[{_type(part.get('items', {}), schema)}]"
    return str(part.get("format") or part.get("type") or "any")
