"""The devices: who is online, what waits on them; a new one's secret is shown once."""

import asyncio

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.parts import box, button, empty, field, heading, sure, text
from hub.store.devices import DeviceInfo
from hub.store.errors import StoreError
from hub.store.web_values import EdgeRow


def build(console: Console, request: Request) -> None:
    """Build the page."""
    with frame(console, request, "Devices", narrow=True):
        text("Devices", "page-title", "h1")
        text("Each device has a name and a secret, and speaks on its own topics only.", "page-lead")
        page = _Devices(console)
        ui.timer(0, page.refresh, once=True)


class _Devices:
    def __init__(self, console: Console) -> None:
        self._console = console
        with box("tools"):
            self._name = field("Name of a new device").classes("wide")
            button("Add device", self._add, "main")
        self._said = box("")
        with box("stack"):
            with box("panel"):
                self._rows = box("rows")
            with box("panel"):
                heading("The hub's own parts", "their secrets are in the data folder")
                self._parts = box("chips")

    async def refresh(self) -> None:
        """Read and draw again."""
        devices = await asyncio.to_thread(self._console.parts.store.devices.all)
        seen = {row.edge: row for row in await asyncio.to_thread(self._console.live.reads.edges)}
        own = [device for device in devices if device.role == "hub"]
        self._rows.clear()
        with self._rows:
            for device in devices:
                if device not in own:
                    self._line(device, seen.get(device.name))
            if len(own) == len(devices):
                empty("No devices yet.")
        self._parts.clear()
        with self._parts:
            for part in own:
                text(f"{part.name} \u00b7 locked out" if part.revoked else part.name, "chip")

    def _line(self, device: DeviceInfo, seen: EdgeRow | None) -> None:
        with box("row-line device"):
            with box(""):
                text(device.name, "row-main")
                text(seen.software if seen else device.role, "row-faint")
            with box("edge").style("justify-self: start"):
                box("dot on" if seen and seen.alive and not device.revoked else "dot")
                text(_state(device, seen), "", "span")
            text(words.backlog(seen.outbox_rows) if seen else "", "row-sub")
            if device.revoked:
                text("locked out", "row-faint")
            else:
                button("Lock out", lambda: self._revoke(device.name))

    async def _add(self) -> None:
        await self._make(str(self._name.value or "").strip())
        await self.refresh()

    async def _make(self, name: str) -> None:
        devices = self._console.parts.store.devices
        self._said.clear()
        try:
            if any(known.name == name for known in await asyncio.to_thread(devices.all)):
                raise StoreError(f"there is a device called {name} already")  # noqa: TRY301 - said like the others
            secret = await asyncio.to_thread(devices.add, name, "edge", self._console.now_ms)
        except StoreError as error:
            with self._said:
                text(str(error), "said")
            return
        self._name.set_value("")
        self._console.parts.nudge()
        with self._said, box("panel").style("margin-bottom: 16px"):
            heading(f"The secret of {name}", "shown this once")
            text(secret, "mono said")

    async def _revoke(self, name: str) -> None:
        if not await sure(f"Lock {name} out? It needs a new secret to come back.", "Lock out"):
            return
        await asyncio.to_thread(self._console.parts.store.devices.revoke, name)
        self._console.parts.nudge()
        await self.refresh()


def _state(device: DeviceInfo, seen: EdgeRow | None) -> str:
    if device.revoked:
        return "revoked"
    if seen is None:
        return "never seen"
    return "online" if seen.alive else "offline"
