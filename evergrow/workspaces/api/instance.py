"""The instance of the API: how it reads, writes, describes itself and answers errors."""

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.params.models import BodyModel
from ninja.parser import Parser
from ninja.types import DictStrAny
from pydantic import BaseModel

from evergrow.workspaces.api import problems
from evergrow.workspaces.api.problems import MEDIA_TYPE, Problem
from evergrow.workspaces.api.strictness import tighten
from evergrow.workspaces.api.tokens import token

ABOUT = (
    "Everything the pages show and do, for programs. Make a token under Settings → Keys and send it as"
    " `Authorization: Bearer egt_…`; it acts for whoever made it, in one workspace, with at most their role."
    " Lists come in pieces: pass `next` back as `cursor`. Errors are problem details (RFC 9457)."
    " 600 calls a minute and token; beyond that the answer is 429 with `Retry-After`."
)


class StrictParser(Parser):
    """Reads JSON strictly: no NaN, no half characters, and no NUL, which PostgreSQL cannot keep."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        found: DictStrAny = orjson.loads(request.body)
        return found


class Api(NinjaAPI):
    """The API of this product. Without a declaration an operation asks for an owner's token."""

    def __init__(self) -> None:
        super().__init__(
            title="Evergrow",
            version="1",
            description=ABOUT,
            docs_url=None,
            openapi_url=None,
            urls_namespace="api",
            auth=token("own"),
            parser=StrictParser(),
        )
        self.add_exception_handler(Exception, problems.answer)

    def add_router(self, prefix: str, router: Router | str, **options: Any) -> None:
        """Add a room's operations, and make their bodies strict."""
        super().add_router(prefix, router, **options)
        assert isinstance(router, Router)
        seen: set[type[BaseModel]] = set()
        for view in router.path_operations.values():
            for model in (model for operation in view.operations for model in operation.models):
                if issubclass(model, BodyModel):
                    tighten(model, seen)

    def set_default_exception_handlers(self) -> None:
        """None of ninja's own: every error is a problem."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document; every operation may also answer with a problem."""
        schema = super().get_openapi_schema(**options)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        reference = "#/components/schemas/{model}"
        described = Problem.model_json_schema(ref_template=reference)
        components.update(described.pop("$defs", {}))
        components["Problem"] = described
        answer = {
            "description": "A problem (RFC 9457)",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = answer
        return schema
