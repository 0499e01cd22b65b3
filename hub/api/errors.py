"""Whatever goes wrong is answered with a code for programs and one sentence for people."""

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.core.errors import CoreError
from hub.store.errors import StoreConflict, StoreError, StoreUnavailable
from hub.web.errors import WebError

PageOf = Callable[[str, str], str]
FIELDS_SAID_MAX: Final = 3

CODES: Final = {400: "bad_request", 404: "not_found", 405: "wrong_method"}
TITLES: Final = {404: "This link opens nothing", 429: "One moment, please"}


def problem(
    status: int, code: str, message: str, detail: dict[str, object] | None = None
) -> Response:
    """Return the answer that every error has."""
    body = {"error": code, "message": message, "detail": detail or {}}
    return JSONResponse(body, status_code=status)


def add_error_answers(app: FastAPI, page: PageOf) -> None:
    """Teach ``app`` the answers; ``page`` writes the ones that people see in a browser."""

    def web(request: Request, error: WebError) -> Response:
        if request.method == "GET" and request.url.path.startswith("/a/"):
            title = TITLES.get(error.status, "That did not work")
            return HTMLResponse(page(title, str(error)), status_code=error.status)
        return problem(error.status, error.code, str(error))

    app.exception_handler(WebError)(web)
    app.exception_handler(RequestValidationError)(_bad_input)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(StoreError)(_store)
    app.exception_handler(CoreError)(_core)


def _bad_input(_: Request, error: RequestValidationError) -> Response:
    found = [f"{_where(one['loc'])}: {one['msg']}" for one in error.errors()]
    return problem(422, "bad_input", "; ".join(found[:FIELDS_SAID_MAX]))


def _where(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "the body"


def _http(_: Request, error: HTTPException) -> Response:
    code = CODES.get(error.status_code, "failed")
    return problem(error.status_code, code, str(error.detail))


def _store(_: Request, error: StoreError) -> Response:
    if isinstance(error, StoreConflict):
        return problem(409, "already_done", "something of that name is there already")
    if isinstance(error, StoreUnavailable):
        return problem(503, "store_unavailable", "the database does not answer; please try again")
    return problem(422, "bad_input", str(error))


def _core(_: Request, error: CoreError) -> Response:
    return problem(404, "not_found", str(error))
