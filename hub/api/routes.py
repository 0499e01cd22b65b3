"""One read shows every route of the API and who may call it."""

from typing import Any, Final

from fastapi import APIRouter

from hub.api.desk import Desk
from hub.api.experiments import ExperimentRoutes
from hub.api.floor import Floor
from hub.api.groups import Groups
from hub.api.insight import InsightRoutes, MetricsRoute
from hub.api.machines import Machines
from hub.api.models import Problem
from hub.api.recommendations import RecommendationRoutes
from hub.api.reference import Reference
from hub.api.rules import RulesRoutes
from hub.api.session import SessionRoutes
from hub.api.signals import Signals
from hub.api.stream import Stream
from hub.recommending.settings import RecommendSettings
from hub.web.live import Live
from hub.web.ports import WebParts
from hub.web.signing_in import SigningIn

PREFIX: Final = "/api/v1"
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": Problem, "description": "Not signed in"},
    403: {"model": Problem, "description": "This role may not, or a foreign origin"},
    422: {"model": Problem, "description": "Bad input; the message names the field"},
}


class Api:
    """Everything below ``/api``."""

    def __init__(self, parts: WebParts, live: Live, signing_in: SigningIn) -> None:
        self.router = APIRouter()
        for routes in (
            SessionRoutes(parts, signing_in),
            Floor(parts, live),
            Desk(parts, live),
            Machines(parts, live),
            Stream(parts, live),
            RulesRoutes(parts, live),
            Signals(parts, live),
            Groups(parts, live),
            InsightRoutes(parts),
            ExperimentRoutes(parts),
            RecommendationRoutes(parts, RecommendSettings(groups=parts.settings.tips_groups)),
        ):
            self.router.include_router(routes.router, prefix=PREFIX, responses=ANSWERS)
        self.router.include_router(MetricsRoute(parts).router)
        self.router.include_router(Reference().router)  # last: it answers what is no route
