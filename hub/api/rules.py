"""The rules as one document: read, checked, compared, put in force, taken back. For the organiser.

A document travels as YAML; JSON is YAML too. It is put in force by the engine, whose answer is
waited for.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Body, Depends, Query, Request
from fastapi.responses import Response

from hub.api.caller import need
from hub.api.errors import problem
from hub.api.models import Problem
from hub.api.rules_models import (
    ChangeOut,
    CheckOut,
    DiffOut,
    FindingOut,
    NewStage,
    PublishOut,
    Revert,
    RuleOut,
    VersionOut,
)
from hub.core.checking import plain
from hub.core.checking.changes import Change, compare
from hub.core.document import Rule
from hub.reading import Read, schema_text, to_yaml
from hub.web.errors import BadInput
from hub.web.live import Live
from hub.web.ports import WebParts
from hub.web.rule_counts import Came, rule_counts
from hub.web.rulebook import Asked, Rulebook

CHANGES_MAX: Final = 500
"""Most differences in one answer; all are counted."""
YAML: Final = "application/yaml"
Text = Annotated[bytes, Body(media_type=YAML, description="The document, YAML or JSON")]
Version = Annotated[int | None, Query(ge=1, description="The one in force where it is left out")]
BasedOn = Annotated[int | None, Query(ge=0, description="The version in force as you know it")]
Past = Annotated[bool, Query(description="Fire for what lies in the past as well")]
CONFLICT: Final[dict[int | str, dict[str, Any]]] = {
    409: {"model": Problem, "description": "Another version is in force by now"}
}


class RulesRoutes:
    """``/rules/...``."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._book = Rulebook(parts, live.reads)
        self._check = need(parts.store, "organiser")
        self.router = APIRouter(tags=["rules"], dependencies=[Depends(self._check)])
        add = self.router.add_api_route
        add("/rules", self.rules, methods=["GET"])
        add("/rules/document", self.document, methods=["GET"], response_class=Response,
            responses={200: {"content": {YAML: {}, "application/json": {}}}})  # fmt: skip
        add("/rules/document", self.publish, methods=["POST"], response_model=PublishOut,
            responses=CONFLICT)  # fmt: skip
        add("/rules/schema", self.schema, methods=["GET"], response_class=Response,
            responses={200: {"content": {"application/schema+json": {}}}})  # fmt: skip
        add("/rules/versions", self.versions, methods=["GET"])
        add("/rules/diff", self.diff, methods=["GET"])
        add("/rules/check", self.check, methods=["POST"])
        add("/rules/revert", self.revert, methods=["POST"], responses=CONFLICT)
        add("/rules/{name}/stage", self.stage, methods=["POST"], responses=CONFLICT)

    def rules(self) -> list[RuleOut]:
        """Return every rule in force with what it came to."""
        _, venue = self._book.venue()
        counts = rule_counts(self._parts)
        return [_rule(rule, counts.get(rule.name, Came())) for rule in venue.rules]

    def document(
        self, version: Version = None,
        format: Literal["yaml", "json"] = "yaml",  # noqa: A002 - the name in the address
    ) -> Response:  # fmt: skip
        """Return a version as a document that can be put in force again; its number is a header."""
        number, venue = self._book.venue(version)
        headers = {
            "content-disposition": f'attachment; filename="{venue.event.id}-v{number}.{format}"',
            "foyer-version": str(number),
        }
        if format == "json":
            body = msgspec.json.format(msgspec.json.encode(plain(venue)), indent=2)
            return Response(body, media_type="application/json", headers=headers)
        return Response(to_yaml(venue), media_type=YAML, headers=headers)

    def schema(self) -> Response:
        """Return the JSON Schema of the document, for editors."""
        headers = {"content-disposition": 'attachment; filename="venue.schema.json"'}
        return Response(schema_text(), media_type="application/schema+json", headers=headers)

    def versions(self) -> list[VersionOut]:
        """Return every version that was ever in force, newest first."""
        listed = self._book.versions()
        return [VersionOut(version=v.version, at_ms=v.at_ms, by=v.by) for v in listed]

    def diff(self, before: Annotated[int, Query(ge=1)], after: Version = None) -> DiffOut:
        """Say what is different between two versions."""
        changes = compare(self._book.venue(before)[1], self._book.venue(after)[1])
        return DiffOut(total=len(changes), changes=_some(changes))

    def check(self, text: Text = b"") -> CheckOut:
        """Say all that is wrong with a document, and what putting it in force would change."""
        read = self._book.check(_text(text))
        versions = self._book.versions()
        changes = self._book.changes(read.venue) if read.venue else []
        return CheckOut(
            right=read.is_right,
            version=versions[0].version if versions else 0,
            rules=len(read.venue.rules) if read.venue else 0,
            findings=[FindingOut.of(one) for one in read.findings],
            total=len(changes), changes=_some(changes), members=self._members(changes),
        )  # fmt: skip

    def publish(
        self, request: Request, text: Text = b"", based_on: BasedOn = None, past: Past = False
    ) -> PublishOut | Response:
        """Put a document in force. 422 has the line of the first error in its detail."""
        read = self._book.check(_text(text))
        if read.venue is None or not read.is_right:
            return _wrong(read)
        by = self._check(request).name
        return self._answered(self._book.publish(read.venue, by, based_on=based_on, past=past))

    def revert(self, body: Revert, request: Request) -> PublishOut:
        """Put an older version in force again, as the newest version."""
        by = self._check(request).name
        return self._answered(self._book.revert(body.version, by, based_on=body.based_on))

    def stage(self, name: str, body: NewStage, request: Request) -> PublishOut:
        """Pause a rule, put it in shadow, or have it act: a new version."""
        return self._answered(self._book.stage(name, body.stage, self._check(request).name))

    def _answered(self, asked: Asked) -> PublishOut:
        answer = self._book.wait(asked)
        return PublishOut(done=answer.done, version=answer.version, message=answer.sentence)

    def _members(self, changes: list[Change]) -> dict[str, int]:
        names = {one.name for one in changes if one.part == "audience" and one.name}
        counts = self._parts.store.audiences.counts() if names else {}
        return {name: counts.get(name, 0) for name in sorted(names)}


def _text(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("the document is not UTF-8 text") from error


def _some(changes: list[Change]) -> list[ChangeOut]:
    return [ChangeOut.of(one) for one in changes[:CHANGES_MAX]]


def _wrong(read: Read) -> Response:
    errors = read.of("error")
    first = errors[0]
    detail: dict[str, object] = {
        "line": first.line, "column": first.column, "path": first.path, "hint": first.hint,
        "errors": len(errors),
    }  # fmt: skip
    return problem(422, "bad_input", f"line {first.line}: {first.sentence()}", detail)


def _rule(rule: Rule, came: Came) -> RuleOut:
    return RuleOut(
        name=rule.name, stage=rule.stage, text=rule.text, fired=came.fired, shadow=came.shadow,
        suppressed=came.suppressed, last_fired_ms=came.last_fired_ms,
    )  # fmt: skip
