"""Buttons are the organiser's; outside systems call with a token of their own; each counts once."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Request

from hub.api.caller import need
from hub.api.rules_models import About, CallableOut, TakenOut
from hub.web.calling import Calling, Kind, Signal
from hub.web.live import Live
from hub.web.ports import WebParts

Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key", max_length=128, pattern=r"^[\x21-\x7e]*$",
        description="Sent again with the same key, it changes nothing",
    ),
]  # fmt: skip
Whom = Literal["person", "venue"]


class Signals:
    """``/buttons`` for the organiser, ``/calls`` for staff and for systems with their token."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._calling = Calling(parts, live.reads)
        self._organiser = need(parts.store, "organiser")
        self._staff = need(parts.store, "staff")
        self.router = APIRouter(tags=["rules"])
        add = self.router.add_api_route
        organiser, staff = [Depends(self._organiser)], [Depends(self._staff)]
        add("/buttons", self.buttons, methods=["GET"], dependencies=organiser)
        add("/buttons/{name}", self.press, methods=["POST"], dependencies=organiser,
            status_code=202)  # fmt: skip
        add("/calls", self.calls, methods=["GET"], dependencies=staff)
        add("/calls/{name}", self.call, methods=["POST"], dependencies=staff, status_code=202)

    def buttons(self) -> list[CallableOut]:
        """Return every button that a rule in force waits for. For the organiser."""
        return [_out(one) for one in self._calling.known("button")]

    def press(
        self, name: str, request: Request, body: About | None = None, key: Once = ""
    ) -> TakenOut:
        """Press a button, about somebody or about the venue. For the organiser."""
        by = self._organiser(request).name
        return self._left("button", name, body, by, key)

    def calls(self) -> list[CallableOut]:
        """Return every name that a rule in force waits to be called. For staff."""
        return [_out(one) for one in self._calling.known("call")]

    def call(
        self, name: str, request: Request, body: About | None = None, key: Once = ""
    ) -> TakenOut:
        """Call a name, about somebody or about the venue. For staff, and for tokens of theirs."""
        return self._left("call", name, body, self._staff(request).name, key)

    def _left(self, kind: Kind, name: str, body: About | None, by: str, key: str) -> TakenOut:
        taken = self._calling.call(kind, name, body.person if body else "", by, key)
        return TakenOut(key=taken.key, again=taken.again)


def _out(one: Signal) -> CallableOut:
    about: list[Whom] = ["person"] if one.about_person else []
    about += ["venue"] if one.about_venue else []
    return CallableOut(name=one.name, about=about, rules=[rule.name for rule in one.rules])
