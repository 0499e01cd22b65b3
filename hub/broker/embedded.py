"""The embedded broker: a broker program out of a Python package, behind a guard.

It ends rather than limps: when the program no longer answers, the process stops with an error, and
whoever started it starts it again.
"""

import asyncio
from dataclasses import dataclass

from hub.broker.devices import FileRights
from hub.broker.errors import BrokerStartError, BrokerStopped
from hub.broker.guard import Guard
from hub.broker.limits import DEVICES_POLL_S, PROBE_FAILURES_MAX, PROBE_S, SWEEP_S
from hub.broker.program import Program
from hub.broker.settings import BrokerSettings


@dataclass(frozen=True, slots=True)
class _Parts:
    rights: FileRights
    program: Program
    guard: Guard


async def serve(settings: BrokerSettings, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set.

    Raises:
        DeviceFileError: there is no usable device file.
        BrokerStartError: the address is taken, or the program did not come up.
        BrokerStopped: the program no longer answers.
    """
    rights = FileRights(settings.devices)
    rights.refresh()
    program = Program(settings.data)
    await program.start()
    try:
        await _serve(settings, _Parts(rights, program, Guard(rights, program)), stop)
    finally:
        await program.stop()


async def _serve(settings: BrokerSettings, parts: _Parts, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(parts.guard.accept, settings.bind, settings.port)
    except OSError as error:
        raise BrokerStartError(f"cannot listen: {error}") from error
    port = server.sockets[0].getsockname()[1]
    print(f"broker embedded listening on {settings.bind}:{port}", flush=True)  # noqa: T201 - the ready line is for whoever started this process
    try:
        async with asyncio.TaskGroup() as group:
            watchers = [
                group.create_task(watch)
                for watch in (_watch_devices(parts), _sweep(parts), _probe(parts))
            ]
            await stop.wait()
            for watcher in watchers:
                watcher.cancel()
    except* BrokerStopped as errors:
        raise errors.exceptions[0] from None
    finally:
        server.close()
        await parts.guard.close()


async def _watch_devices(parts: _Parts) -> None:
    while True:
        await asyncio.sleep(DEVICES_POLL_S)
        parts.guard.refresh()


async def _sweep(parts: _Parts) -> None:
    loop = asyncio.get_running_loop()
    while parts.program.runs():
        await asyncio.sleep(SWEEP_S)
        parts.guard.sweep(loop.time())
    raise BrokerStopped("the broker program ended")


async def _probe(parts: _Parts) -> None:
    failures = 0
    while failures < PROBE_FAILURES_MAX:
        await asyncio.sleep(PROBE_S)
        failures = 0 if await parts.program.answers() else failures + 1
    raise BrokerStopped(f"the broker program left {failures} probes unanswered")
