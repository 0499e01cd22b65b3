"""What rules brought about, as data. Read only, for the organiser."""

from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from hub.api.caller import need
from hub.experiments.service import Experiments
from hub.experiments.sheets import sheets_of
from hub.experiments.values import ExperimentsReport
from hub.insight.errors import NothingPublished, UnknownName
from hub.insight.export.writing import sheet_csv
from hub.web.errors import NotFound
from hub.web.ports import WebParts

Part = Literal["arms", "comparisons", "sentences"]
CSV: Final = "text/csv; charset=utf-8"


class ExperimentRoutes:
    """``/experiments``."""

    def __init__(self, parts: WebParts) -> None:
        self._experiments = Experiments(parts.store, parts.clock)
        self.router = APIRouter(
            tags=["insight"], dependencies=[Depends(need(parts.store, "organiser"))]
        )
        self.router.add_api_route(
            "/experiments", self.experiments, methods=["GET"], response_model=ExperimentsReport
        )

    def experiments(
        self,
        rule: Annotated[str | None, Query(description="Only this rule")] = None,
        format: Literal["json", "csv"] = "json",  # noqa: A002 - the name in the address
        part: Annotated[Part, Query(description="Which table, for CSV")] = "arms",
    ) -> Response:
        """Compare the arms of every rule with a holdout or variants. For the organiser."""
        try:
            report = self._experiments.report(rule)
        except (NothingPublished, UnknownName) as error:
            raise NotFound(str(error)) from error
        if format == "json":
            return Response(msgspec.json.encode(report), media_type="application/json")
        return Response(sheet_csv(sheets_of(report)[part]), media_type=CSV)
