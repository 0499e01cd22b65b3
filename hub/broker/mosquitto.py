"""Mosquitto is told what the device table says, in its own files, and told again on each change."""

import asyncio
import ctypes
import getpass
import logging
import os
import shutil
import signal
import socket
from asyncio.subprocess import Process
from pathlib import Path
from typing import Final

from hub.broker import rights
from hub.broker.devices import Device, DeviceTable, FileRights, replace_file
from hub.broker.errors import BrokerStartError, BrokerStopped, DeviceFileError
from hub.broker.limits import (
    CONNECTIONS_MAX,
    DEVICES_POLL_S,
    INFLIGHT_MESSAGES_MAX,
    PACKET_BYTES_MAX,
    QUEUED_BYTES_MAX,
    QUEUED_MESSAGES_MAX,
    START_S_MAX,
    STOP_S_MAX,
)
from hub.broker.settings import BrokerSettings

log = logging.getLogger(__name__)
PORT_POLL_S: Final = 0.02
PR_SET_PDEATHSIG: Final = 1
"""Source: Linux, prctl(2)."""
_CONFIG = """\
listener {port} {bind}
user {user}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
autosave_interval 30
persistent_client_expiration 7d
max_connections {connections}
max_packet_size {packet_bytes}
max_inflight_messages {inflight}
max_queued_messages {queued}
max_queued_bytes {queued_bytes}
set_tcp_nodelay true
sys_interval 0
log_dest stderr
log_type error
log_type warning
log_type notice
"""


def config_text(settings: BrokerSettings, folder: Path) -> str:
    """Return ``mosquitto.conf``."""
    return _CONFIG.format(
        port=settings.port,
        bind=settings.bind,
        user=getpass.getuser(),
        folder=folder,
        connections=CONNECTIONS_MAX,
        packet_bytes=PACKET_BYTES_MAX,
        inflight=INFLIGHT_MESSAGES_MAX,
        queued=QUEUED_MESSAGES_MAX,
        queued_bytes=QUEUED_BYTES_MAX,
    )


def password_text(table: DeviceTable) -> str:
    """Return the password file: the hashes of the table are already in Mosquitto's form."""
    return "".join(f"{d.name}:{d.secret_hash}\n" for d in table.devices if not d.revoked)


def acl_text(table: DeviceTable) -> str:
    """Return the ACL file: what is not listed is refused."""
    active = (device for device in table.devices if not device.revoked)
    return "\n".join(_acl_of(table.event, device) for device in active)


def _acl_of(event: str, device: Device) -> str:
    write = rights.publish_filters(event, device.name, device.role)
    read = rights.subscribe_filters(event, device.name, device.role)
    lines = [f"user {device.name}"]
    lines += [f"topic write {mine}" for mine in write] + [f"topic read {mine}" for mine in read]
    return "\n".join(lines) + "\n"


def write_files(settings: BrokerSettings) -> Path:
    """Write configuration, passwords and ACL for a Mosquitto that somebody else runs.

    Returns the folder they are in. That Mosquitto reads passwords and ACL again on SIGHUP.

    Raises:
        DeviceFileError: there is no usable device file.
    """
    devices = FileRights(settings.devices)
    devices.refresh()
    return _write_files(settings, devices.table)


async def serve(settings: BrokerSettings, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set.

    Raises:
        DeviceFileError: there is no usable device file.
        BrokerStartError: Mosquitto is not installed, the address is taken, or it did not come up.
        BrokerStopped: Mosquitto ended by itself.
    """
    _check_port(settings)
    devices = FileRights(settings.devices)
    devices.refresh()
    folder = _write_files(settings, devices.table)
    process = await _start(folder)
    try:
        await _wait_for_port(settings, process)
        print(f"broker mosquitto listening on {settings.bind}:{settings.port}", flush=True)  # noqa: T201 - the ready line is for whoever started this process
        await _watch(process, devices, folder, stop)
    finally:
        await _end(process)


def _check_port(settings: BrokerSettings) -> None:
    """Find out now that the port is taken: later, any answer on it would be taken for Mosquitto."""
    try:
        socket.create_server((settings.bind, settings.port)).close()
    except OSError as error:
        raise BrokerStartError(f"cannot listen: {error}") from error


def _write_files(settings: BrokerSettings, table: DeviceTable) -> Path:
    folder = (settings.data / "mosquitto").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "mosquitto.conf", config_text(settings, folder).encode())
    _write_table(table, folder)
    return folder


def _write_table(table: DeviceTable, folder: Path) -> None:
    replace_file(folder / "acl", acl_text(table).encode())
    replace_file(folder / "passwords", password_text(table).encode())


async def _start(folder: Path) -> Process:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    program = shutil.which("mosquitto", path=path)
    if program is None:
        raise BrokerStartError("mosquitto is not installed; use the embedded broker or install it")
    config = str(folder / "mosquitto.conf")
    return await asyncio.create_subprocess_exec(
        program, "-c", config, preexec_fn=_end_with_parent, process_group=0
    )


def _end_with_parent() -> None:
    """Ask Linux to end Mosquitto when this process is killed, so that its port is free again."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def _wait_for_port(settings: BrokerSettings, process: Process) -> None:
    deadline = asyncio.get_running_loop().time() + START_S_MAX
    while asyncio.get_running_loop().time() < deadline and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(settings.bind, settings.port)
        except OSError:
            await asyncio.sleep(PORT_POLL_S)
        else:
            writer.close()
            return
    raise BrokerStartError(f"mosquitto did not come up (exit code {process.returncode})")


async def _watch(process: Process, devices: FileRights, folder: Path, stop: asyncio.Event) -> None:
    while not stop.is_set():
        if process.returncode is not None:
            raise BrokerStopped(f"mosquitto ended by itself with code {process.returncode}")
        try:
            if devices.refresh():
                _write_table(devices.table, folder)
                process.send_signal(signal.SIGHUP)
        except DeviceFileError as error:
            log.warning("the device table stays as it was: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), DEVICES_POLL_S)
        except TimeoutError:
            continue


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S_MAX)
    except TimeoutError:
        process.kill()
        await process.wait()
