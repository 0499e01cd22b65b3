"""A bridge is plugged in and pulled out; each request is answered by one call under one lock."""

import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from integrations.lights.emulator.api import HueApi
from integrations.lights.emulator.faults import Faults
from integrations.lights.emulator.house import House, shine
from integrations.lights.emulator.reply import Reply
from integrations.lights.emulator.web import WebServer


class Emulator:
    """A bridge with lamps called ``lights`` and ``groups`` of them, at ``port`` (0: a free one)."""

    def __init__(
        self,
        lights: Iterable[str],
        *,
        groups: Mapping[str, Iterable[str]] | None = None,
        state_file: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._lights = list(lights)
        self._groups = {name: list(members) for name, members in (groups or {}).items()}
        self._state_file = state_file
        self._host = host
        self.port = port
        self.lock = threading.Lock()
        self.api = self._new_api()
        self._server: WebServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Host and port to give to an app."""
        return f"{self._host}:{self.port}"

    def start(self) -> None:
        """Switch the bridge on; repeatable. Raises OSError when the port is taken."""
        if self._server is not None:
            return
        self.api = self._new_api()
        self._server = WebServer((self._host, self.port), self)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="hue-emulator", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Pull its plug, keeping keys and lamps where there is a state file; repeatable."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join()
        with self.lock:
            self.api.house.save()
        self._server = None

    def press(self) -> None:
        """Press the button."""
        with self.lock:
            self.api.button.press(now_ms())

    def _new_api(self) -> HueApi:
        return HueApi(House(self._lights, self._groups, self._state_file))

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        """Answer one request for the API or for the emulator itself."""
        with self.lock:
            if path == "/api" or path.startswith("/api/"):
                return self.api.handle(method, path, body, now_ms())
            return self._own(method, path, body)

    def slow_ms(self, path: str) -> int:
        """How much longer than needed an answer takes, while that fault is on."""
        return self.api.faults.slow_ms if path.startswith("/api") else 0

    def _own(self, method: str, path: str, body: bytes) -> Reply:
        match method, path:
            case "GET", "/emulator/state":
                return Reply(200, self._state())
            case "GET", "/emulator/history":
                return Reply(200, self._history())
            case "POST", "/emulator/press":
                self.api.button.press(now_ms())
                return Reply(200, {"pressed": True})
            case "POST", "/emulator/faults":
                return self._switch_faults(body)
        return Reply(404, {"error": "there is no such page"})

    def _switch_faults(self, body: bytes) -> Reply:
        try:
            self.api.set_faults(msgspec.json.decode(body, type=Faults))
        except msgspec.DecodeError as error:
            return Reply(400, {"error": str(error)})
        return Reply(200, msgspec.to_builtins(self.api.faults))

    def _history(self) -> dict[str, Any]:
        changes = msgspec.to_builtins(list(self.api.house.history))
        return {"changes": changes, "commands": dict(self.api.commands.counts)}

    def _state(self) -> dict[str, Any]:
        flashed = {
            c.light: c.at_ms for c in self.api.house.history if c.state.get("alert") == "select"
        }
        now = now_ms()
        return {
            "name": self.api.house.name,
            "button_s": round(self.api.button.left_ms(now) / 1000),
            "commands": dict(self.api.commands.counts),
            "apps": len(self.api.house.keys),
            "groups": [g.name for g in self.api.house.groups.values()],
            "lamps": [
                {
                    "name": lamp.name,
                    "on": lamp.state["on"],
                    "bri": lamp.state["bri"],
                    "colour": shine(lamp.state),
                    "reachable": lamp.name != self.api.faults.unreachable_light,
                    "flashed_ms": round(now - flashed[number]) if number in flashed else None,
                }
                for number, lamp in self.api.house.lamps.items()
            ],
        }


def now_ms() -> float:
    """Milliseconds of the machine's monotonic clock, with their fractions."""
    return time.monotonic_ns() / 1_000_000
