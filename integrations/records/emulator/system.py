"""A system takes records under ids it knows how to read, from who has the key, and adds once.

``PUT`` and ``PATCH /contacts/ID`` write a contact, ``POST /activities`` adds an activity. A field
that is not in the schema is refused with HTTP 400, or, where ``errors_in_200`` is switched on, with
HTTP 200 and an error.
"""

from typing import Any, Final
from urllib.parse import unquote

import msgspec

from integrations.webhook.emulator.server import Asked, EmulatedServer, Reply

SCHEMA: Final = frozenset({"Id", "First_Name", "Score", "Status", "Last_Seen", "Source"})
CONTACTS: Final = "/api/contacts/"


class System(EmulatedServer):
    """Emulated system at ``url`` that takes requests with ``header: value``."""

    def __init__(self, header: str, value: str) -> None:
        super().__init__(self)
        self._key = (header.lower(), value)
        self.contacts: dict[str, dict[str, str]] = {}
        self.activities: list[dict[str, str]] = []
        self.duplicates = 0
        self.errors_in_200 = False
        self._posted: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        """Where its API begins."""
        return f"http://127.0.0.1:{self.port}/api"

    def answer(self, asked: Asked) -> Reply:
        """Act on a request, or say what is wrong with it."""
        header, value = self._key
        if asked.headers.get(header) != value:
            return Reply(401, {"error": "the key is not known"})
        if asked.headers.get("content-type") != "application/json":
            return Reply(415, {"error": "JSON is wanted"})
        if not asked.headers.get("idempotency-key"):
            return Reply(400, {"error": "Idempotency-Key is missing"})
        try:
            record = msgspec.json.decode(asked.body, type=dict[str, str])
        except msgspec.DecodeError as error:
            return Reply(400, {"error": str(error)})
        if unknown := sorted(record.keys() - SCHEMA):
            status = 200 if self.errors_in_200 else 400
            return Reply(status, {"error": f"unknown fields: {', '.join(unknown)}"})
        return self._act(asked, record)

    def _act(self, asked: Asked, record: dict[str, str]) -> Reply:
        key = asked.headers["idempotency-key"]
        if asked.method in {"PUT", "PATCH"} and asked.path.startswith(CONTACTS):
            return self._write(asked.method, asked.path.removeprefix(CONTACTS), record)
        if asked.method == "POST" and asked.path == "/api/activities":
            return self._add(key, asked.body, record)
        return Reply(404, {"error": "there is nothing here"})

    def _write(self, method: str, name: str, record: dict[str, str]) -> Reply:
        if not name or "/" in name or "?" in name:
            return Reply(404, {"error": "there is nothing here"})
        found = unquote(name)
        before = self.contacts.get(found)
        kept: dict[str, Any] = before or {} if method == "PATCH" else {}
        self.contacts[found] = kept | record
        return Reply(201 if before is None else 200, {"id": found})

    def _add(self, key: str, body: bytes, record: dict[str, str]) -> Reply:
        if key not in self._posted:
            self._posted[key] = body
            self.activities.append(record)
            return Reply(201, {"number": len(self.activities)})
        if self._posted[key] != body:
            return Reply(422, {"error": "the same key with another body"})
        self.duplicates += 1
        return Reply(201, {"number": 0})
