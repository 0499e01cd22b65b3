"""What the agent takes from a Pi: memory, processor and card, at 200 sightings a second."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from contract.clock import SystemClock
from tests.edge.agents import SECRETS, start_process
from tests.edge.broker import Mosquitto
from tests.edge.hub import ScriptedHub
from tests.waiting import wait_until

SIGHTINGS_PER_S = 200
ADVERT_S = 2
LASTS_S = 10
WARM_UP_S = 2
MIB = 1024 * 1024

Figure = tuple[str, float, str]


def measure() -> list[Figure]:
    """Run one agent with a crowd for ten seconds; (what, figure, unit) of each."""
    if shutil.which("mosquitto") is None and not Path("/usr/sbin/mosquitto").exists():
        return []
    with tempfile.TemporaryDirectory() as folder, _venue(Path(folder)) as (hub, port):
        process = start_process(port, Path(folder) / "pi", *_crowd(Path(folder)))
        try:
            return _watch(process, hub)
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def _venue(folder: Path) -> Iterator[tuple[ScriptedHub, int]]:
    broker = Mosquitto(folder / "broker", SECRETS)
    broker.start()
    hub = ScriptedHub(broker.port, SECRETS["hub"])
    hub.start()
    try:
        yield hub, broker.port
    finally:
        hub.stop()
        broker.kill()


def _crowd(folder: Path) -> list[str]:
    """Options of an agent that hears as many badges as are needed, from now on."""
    script = folder / "script.jsonl"
    begin_ms = SystemClock().wall_ms()
    stays = (
        {"badge": f"b{n}", "place": "hall", "from_ms": begin_ms, "until_ms": begin_ms + 10**6}
        for n in range(int(SIGHTINGS_PER_S * ADVERT_S / 0.95))
    )
    script.write_text("".join(json.dumps(stay) + "\n" for stay in stays))
    options = ["--reader", "simulated", "--script", str(script), "--place", "hall"]
    return [*options, "--advert-s", str(ADVERT_S)]


def _watch(process: subprocess.Popen[str], hub: ScriptedHub) -> list[Figure]:
    seen = psutil.Process(process.pid)
    wait_until(lambda: len(hub.sightings()) > SIGHTINGS_PER_S * WARM_UP_S, what="a running agent")
    first, cpu, io = len(hub.sightings()), seen.cpu_times(), seen.io_counters()
    goal = first + SIGHTINGS_PER_S * LASTS_S
    begin_ms = SystemClock().boot_ms()
    wait_until(lambda: len(hub.sightings()) >= goal, timeout_s=3 * LASTS_S, what="sightings")
    lasted_s = (SystemClock().boot_ms() - begin_ms) / 1000
    rows = len(hub.sightings()) - first
    cpu_s = sum(seen.cpu_times()[:2]) - sum(cpu[:2])
    written = seen.io_counters().write_bytes - io.write_bytes
    return [
        ("edge agent: sightings", rows / lasted_s, "1/s"),
        ("edge agent: resident memory", seen.memory_info().rss / MIB, "MiB"),
        ("edge agent: processor share", 100 * cpu_s / lasted_s, "% of a core"),
        ("edge agent: written to disk", written / lasted_s / 1024, "KiB/s"),
        ("edge agent: written for a sighting", written / rows, "B"),
    ]


if __name__ == "__main__":
    for what, figure, unit in measure():
        print(f"{what:40} {figure:10.1f} {unit}")
