"""What happened at the event: reports, rows to take along, counts for Prometheus. Read only."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from hub.api.caller import need
from hub.insight import picture
from hub.insight.errors import InsightError, NothingPublished
from hub.insight.export import tables
from hub.insight.export.writing import csv_parts, jsonl_parts, sheet_csv
from hub.insight.flows import FlowsReport
from hub.insight.journeys import STEPS_DEFAULT, STEPS_MAX, JourneysReport
from hub.insight.metrics import CONTENT_TYPE, Metrics
from hub.insight.places import PlacesReport
from hub.insight.rewards import RewardsReport
from hub.insight.rules import RulesReport
from hub.insight.service import Insight
from hub.insight.sheets import Report, sheets_of
from hub.insight.spans import Asked, asked
from hub.web.errors import BadInput, NotFound
from hub.web.ports import WebParts

Instant = Annotated[int | None, Query(ge=0, description="Unix milliseconds")]
Bucket = Annotated[str | None, Query(description="1min, 5min, 15min, 1h, 6h or 1d")]
Part = Annotated[str, Query(description="Which table of the report, for CSV")]
Steps = Annotated[int, Query(ge=1, le=STEPS_MAX)]
Format = Literal["json", "csv"]
Drawn = Literal["json", "csv", "svg"]
Name = Literal["people", "audiences", "visits", "decisions", "rewards"]

Made = TypeVar("Made")

CSV: Final = "text/csv; charset=utf-8"
JSON_LINES: Final = "application/x-ndjson"
SVG: Final = "image/svg+xml"
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""A request with one of these came through a proxy: it is from nobody on this machine."""


class InsightRoutes:
    """``/insight/...`` and ``/export/...``. All for the organiser."""

    def __init__(self, parts: WebParts) -> None:
        self._insight = Insight(parts.store, parts.wall)
        self.router = APIRouter(
            tags=["insight"], dependencies=[Depends(need(parts.store, "organiser"))]
        )
        routes: tuple[tuple[str, Callable[..., Any], Any], ...] = (
            ("/insight/rules", self.rules, RulesReport),
            ("/insight/rewards", self.rewards, RewardsReport),
            ("/insight/places", self.places, PlacesReport),
            ("/insight/flows", self.flows, FlowsReport),
            ("/insight/journeys", self.journeys, JourneysReport),
        )
        for path, answer, model in routes:
            self.router.add_api_route(path, answer, methods=["GET"], response_model=model)
        self.router.add_api_route(
            "/export/{name}", self.export, methods=["GET"], response_class=StreamingResponse,
            responses={200: {"content": {"text/csv": {}, JSON_LINES: {}}}},
        )  # fmt: skip

    def rules(
        self, since_ms: Instant = None, until_ms: Instant = None, bucket: Bucket = None,
        format: Format = "json", part: Part = "",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Say how often each rule fired, was suppressed and why, and what of it failed."""
        return _said(lambda: self._insight.rules(asked(since_ms, until_ms, bucket)), format, part)

    def rewards(
        self, since_ms: Instant = None, until_ms: Instant = None, bucket: Bucket = None,
        format: Format = "json", part: Part = "",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Say what became of each pool of rewards, and how long people took to redeem."""
        return _said(lambda: self._insight.rewards(asked(since_ms, until_ms, bucket)), format, part)

    def places(
        self, since_ms: Instant = None, until_ms: Instant = None, bucket: Bucket = None,
        format: Format = "json", part: Part = "",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Say who came to each place, how often, for how long, and how full it was."""
        return _said(lambda: self._insight.places(asked(since_ms, until_ms, bucket)), format, part)

    def flows(
        self, since_ms: Instant = None, until_ms: Instant = None,
        format: Drawn = "json", part: Part = "",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Say how many went from which place to which next, on the same day."""
        bounds = asked_for(since_ms, until_ms)
        if format == "svg":
            return self._drawn(lambda names: picture.of_flows(
                self._insight.flows(bounds), names, "From place to place"))  # fmt: skip
        return _said(lambda: self._insight.flows(bounds), format, part)

    def journeys(
        self, since_ms: Instant = None, until_ms: Instant = None, steps: Steps = STEPS_DEFAULT,
        by_day: bool = False,
        format: Drawn = "json", part: Part = "",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Say how people went through the venue, where they ended, and how many went on."""
        bounds = asked_for(since_ms, until_ms)

        def made() -> JourneysReport:
            return self._insight.journeys(bounds, steps, by_day=by_day)

        if format == "svg":
            return self._drawn(
                lambda names: picture.of_journeys(made(), names, "Through the venue")
            )
        return _said(made, format, part)

    def export(
        self, name: Name, since_ms: Instant = None, until_ms: Instant = None,
        audience: str | None = None, sensitive: bool = False,
        format: Literal["csv", "jsonl"] = "csv",  # noqa: A002 - the name in the address
    ) -> StreamingResponse:  # fmt: skip
        """Hand out people, audiences, visits, decisions or rewards, row by row."""
        made = _checked(
            lambda: tables.export(
                self._insight, name, asked(since_ms, until_ms, None), audience=audience,
                sensitive=sensitive,
            )
        )  # fmt: skip
        parts = csv_parts(made) if format == "csv" else jsonl_parts(made)
        headers = {"content-disposition": f'attachment; filename="{name}.{format}"'}
        kind = CSV if format == "csv" else JSON_LINES
        return StreamingResponse(parts, media_type=kind, headers=headers)

    def _drawn(self, draw: Callable[[dict[str, str]], str]) -> Response:
        def drawn() -> str:
            names = {place.id: place.name for place in self._insight.venue().places}
            return draw(names)

        return Response(_checked(drawn), media_type=SVG)


class MetricsRoute:
    """``/metrics``, at the root as Prometheus has it.

    For the bearer of any token, for the organiser's session, and for this machine itself where the
    site is known by a loopback address: behind a proxy everybody comes from this machine.
    """

    def __init__(self, parts: WebParts) -> None:
        self._metrics = Metrics(parts.store, parts.wall)
        self._check = need(parts.store, "staff", "dj")
        self._own = _is_loopback(_without_port(parts.settings.public_host))
        self.router = APIRouter(tags=["insight"])
        self.router.add_api_route(
            "/metrics", self.metrics, methods=["GET"], response_class=Response,
            include_in_schema=False,
        )  # fmt: skip

    def metrics(self, request: Request) -> Response:
        """Return counts in Prometheus's text format. For a token, or this machine itself."""
        if not (self._own and _from_this_machine(request)):
            self._check(request)
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)


def asked_for(since_ms: int | None, until_ms: int | None) -> Asked:
    """Check a stretch of time.

    Raises:
        BadInput: it cannot be meant.
    """
    return _checked(lambda: asked(since_ms, until_ms, None))


def _said(made: Callable[[], Report], format_: str, part: str) -> Response:
    report = _checked(made)
    if format_ == "json":
        return Response(msgspec.json.encode(report), media_type="application/json")
    sheets = sheets_of(report)
    if part and part not in sheets:
        raise BadInput(f"part: there is no {part!r}; there is: {', '.join(sheets)}")
    return Response(sheet_csv(sheets[part or next(iter(sheets))]), media_type=CSV)


def _checked(made: Callable[[], Made]) -> Made:
    try:
        return made()
    except NothingPublished as error:
        raise NotFound(str(error)) from error
    except InsightError as error:
        raise BadInput(str(error)) from error


def _from_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    return _is_loopback(request.client.host)


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
