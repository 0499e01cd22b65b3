"""The API's own description: OpenAPI for programs, a page for people, nothing from elsewhere."""

from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.web.errors import NotFound

FOLDER: Final = Path(__file__).resolve().parent
STATIC: Final = FOLDER / "static"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Reference:
    """``/api/openapi.json`` and ``/api/docs``. For anybody."""

    def __init__(self) -> None:
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/api/openapi.json", self.openapi, methods=["GET"])
        self.router.add_api_route("/api/docs", self.page, methods=["GET"], response_model=None)
        self.router.add_api_route("/api/{rest:path}", self.nothing, methods=list(METHODS))

    def openapi(self, request: Request) -> JSONResponse:
        """Answer with the OpenAPI document."""
        return JSONResponse(request.app.openapi())

    def nothing(self, rest: str) -> None:
        """Answer what is no route, so that programs get an error that they can read."""
        raise NotFound(f"there is no route /api/{rest} for this method; see /api/docs")

    def page(self, request: Request) -> HTMLResponse:
        """Answer with every route, its parameters and its answers."""
        document: dict[str, Any] = request.app.openapi()
        routes = [
            _route(method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        return HTMLResponse(_templates.get_template("reference.html").render(routes=routes))


def _route(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "text": operation.get("description") or operation.get("summary", ""),
        "tag": (operation.get("tags") or ["other"])[0],
        "parameters": [
            (one["name"], one["in"], "needed" if one.get("required") else "may be left out")
            for one in operation.get("parameters", [])
        ],
        "body": [_body(kind, content) for kind, content in body.items()],
        "answers": ", ".join(operation.get("responses", {})),
    }


def _body(kind: str, content: dict[str, Any]) -> str:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return f"{kind}: {name}" if name else kind
