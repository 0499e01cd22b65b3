import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.lights import bridge as phues_home
from integrations.lights.emulator import Emulator
from integrations.lights.emulator.__main__ import main
from integrations.lights.emulator.api import HueApi
from integrations.lights.emulator.house import House
from tests.lights.venue import LAMPS
from tests.waiting import wait_until

ON = {"on": True}


class Api:
    """The API without HTTP, on a clock of its own."""

    def __init__(self, house: House) -> None:
        self.hue = HueApi(house)
        self.now_ms = 0.0
        self.hue.button.press(0.0)
        self.key: str = self("POST", "", {"devicetype": "test"})[0]["success"]["username"]

    def __call__(self, method: str, path: str, data: Any = None) -> Any:
        self.now_ms += 200
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        reply = self.hue.handle(method, f"/api{path}", raw, self.now_ms)
        assert reply.status == 200
        return reply.value

    def put(self, path: str, data: Any) -> Any:
        return self("PUT", f"/{self.key}{path}", data)

    def get(self, path: str) -> Any:
        return self("GET", f"/{self.key}{path}")

    def post(self, path: str, data: Any) -> Any:
        return self("POST", f"/{self.key}{path}", data)


@pytest.fixture
def api() -> Api:
    return Api(House(LAMPS, {"Dance floor": LAMPS[1:]}))


def error_of(answer: Any) -> int:
    kind: int = answer[0]["error"]["type"]
    return kind


def test_a_key_is_given_once_within_thirty_seconds_of_the_button(api: Api) -> None:
    assert error_of(api("POST", "", {"devicetype": "again"})) == 101
    api.hue.button.press(api.now_ms)
    api.now_ms += 30_001
    assert error_of(api("POST", "", {"devicetype": "late"})) == 101
    api.hue.button.press(api.now_ms)
    given = api("POST", "", {"devicetype": "in time", "generateclientkey": True})
    assert len(given[0]["success"]["clientkey"]) == 32


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, 5),
        (b"{", 2),
        ([], 2),
        ({"devicetype": "x" * 41}, 7),
        ({"devicetype": 3}, 7),
        ({"devicetype": "x", "username": "chosen"}, 6),
    ],
)
def test_pairing_is_strict(api: Api, body: Any, kind: int) -> None:
    assert error_of(api("POST", "", body)) == kind


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["", "/lights", "/lights/1", "/lights/1/state", "/groups/0/action", "/nowhere"]
)
def test_keys_are_checked_on_every_address(api: Api, method: str, path: str) -> None:
    assert error_of(api(method, f"/wrong{path}", {})) == 1


def test_anybody_may_ask_what_it_is(api: Api) -> None:
    for path in ("/config", "/wrong/config"):
        assert api("GET", path)["modelid"] == "BSB002"
        assert "whitelist" not in api("GET", path)
    assert "whitelist" in api.get("/config")


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("on", [True], [1, "true", None]),
        ("bri", [1, 254], [0, 255, 1.5, True, "9"]),
        ("hue", [0, 65_535], [-1, 65_536]),
        ("sat", [0, 254], [-1, 255]),
        ("xy", [[0, 1], [0.5, 0.4]], [[0.5], [0.5, 1.1], [-0.1, 0], "x", [True, 0]]),
        ("ct", [153, 500], [152, 501]),
        ("alert", ["none", "select", "lselect"], ["blink", 1]),
        ("effect", ["none", "colorloop"], ["fire"]),
        ("transitiontime", [0, 65_535], [-1, 65_536, 0.5]),
    ],
)
def test_ranges(api: Api, parameter: str, good: list[Any], bad: list[Any]) -> None:
    where = f"/lights/1/state/{parameter}"
    for value in good:
        assert {"success": {where: value}} in api.put("/lights/1/state", {**ON, parameter: value})
    for value in bad:
        answer = api.put("/lights/1/state", {parameter: value})
        assert error_of(answer) == 7
        assert answer[0]["error"]["address"] == where


def test_partial_success(api: Api) -> None:
    answer = api.put("/lights/1/state", {**ON, "bri": 300, "colour": 1, "sat": 9})
    assert ["success" in line for line in answer] == [True, False, False, True]
    assert [line["error"]["type"] for line in answer[1:3]] == [7, 6]
    state = api.get("/lights/1")["state"]
    assert (state["on"], state["bri"], state["sat"], state["colormode"]) == (True, 254, 9, "hs")


def test_a_lamp_that_is_off_takes_no_colour(api: Api) -> None:
    assert error_of(api.put("/lights/1/state", {"bri": 9})) == 201
    assert "success" in api.put("/lights/1/state", {**ON, "bri": 9})[1]
    assert error_of(api.put("/lights/1/state", {})) == 5


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/lights/99", 3),
        ("PUT", "/lights/False/state", 3),
        ("GET", "/groups/99", 3),
        ("GET", "/scenes/99", 3),
        ("GET", "/nowhere", 3),
        ("DELETE", "/lights/1", 4),
        ("POST", "/lights/1", 4),
        ("DELETE", "/groups/0", 4),
        ("PUT", "/groups/0", 4),
        ("PUT", "", 3),
        ("DELETE", "/config", 4),
        ("PUT", "/scenes", 4),
    ],
)
def test_what_is_not_there(api: Api, method: str, path: str, kind: int) -> None:
    assert error_of(api(method, f"/{api.key}{path}", {})) == kind


def test_bodies_that_are_not_json(api: Api) -> None:
    for body in (b"", b"{", b"\xff", b"[1]"):
        assert error_of(api.put("/lights/1/state", body)) == 2


def test_ten_light_and_one_group_commands_a_second(api: Api) -> None:
    def status(path: str, at_ms: float) -> int:
        return api.hue.handle("PUT", f"/api/{api.key}{path}", b'{"on":true}', at_ms).status

    light = [status("/lights/1/state", 9000 + i) for i in range(12)]
    assert light == [200] * 10 + [429] * 2
    assert [status("/groups/0/action", 9100 + i) for i in range(2)] == [200, 429]
    assert status("/lights/1/state", 9999.9) == 429
    assert status("/lights/1/state", 10_000) == 200
    assert status("/groups/0/action", 10_100) == 200
    assert api.hue.commands.counts["refused"] == 4


def test_groups_are_made_changed_and_removed(api: Api) -> None:
    assert error_of(api.post("/groups", {"name": "no lights"})) == 5
    assert error_of(api.post("/groups", {"name": "numbers", "lights": [1, 2]})) == 7
    assert error_of(api.post("/groups", {"name": "strangers", "lights": ["99"]})) == 7
    made = api.post("/groups", {"name": "Pair", "lights": ["1", "2"]})[0]["success"]["id"]
    assert api.get(f"/groups/{made}")["lights"] == ["1", "2"]
    assert "success" in api.put(f"/groups/{made}", {"lights": ["3"]})[0]
    assert "success" in api.put(f"/groups/{made}", {"name": "One"})[0]
    assert error_of(api.put(f"/groups/{made}", {"name": ""})) == 7
    assert error_of(api.put(f"/groups/{made}", {"colour": "x"})) == 6
    assert error_of(api.put(f"/groups/{made}", {})) == 5
    assert api.get("/groups")[made]["name"] == "One"
    assert "success" in api("DELETE", f"/{api.key}/groups/{made}")[0]
    assert made not in api.get("/groups")


def test_scenes_are_kept_and_recalled(api: Api) -> None:
    api.put("/lights/1/state", {**ON, "xy": [0.5, 0.4], "bri": 77})
    scene = api.post("/scenes", {"name": "Warm", "lights": ["1", "2"]})[0]["success"]["id"]
    api.put("/lights/1/state", {"ct": 200, "bri": 3})
    assert error_of(api.put("/groups/0/action", {"scene": "no"})) == 7
    api.now_ms += 1000
    assert "success" in api.put("/groups/0/action", {"scene": scene})[0]
    state = api.get("/lights/1")["state"]
    assert (state["colormode"], state["xy"], state["bri"]) == ("xy", [0.5, 0.4], 77)
    assert not api.get("/lights/2")["state"]["on"]
    assert api.get("/scenes")[scene] == api.get(f"/scenes/{scene}")
    assert "success" in api("DELETE", f"/{api.key}/scenes/{scene}")[0]


def test_names_change(api: Api) -> None:
    assert "success" in api.put("/lights/1", {"name": "Selfie wall"})[0]
    assert "success" in api.put("/config", {"name": "Hall"})[0]
    everything = api.get("")
    assert everything["lights"]["1"]["name"] == "Selfie wall"
    assert everything["config"]["name"] == "Hall"
    assert api.get("/sensors") == {}


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(LAMPS, groups={"Floor": LAMPS[1:]}, state_file=tmp_path / "state.json")
    emulator.start()
    emulator.start()
    yield emulator
    emulator.stop()
    emulator.stop()


def test_phue_itself_is_served(bridge: Emulator, tmp_path: Path) -> None:
    bridge.press()
    assert phues_home  # it imports phue without Python's remark on phue's source
    hue = importlib.import_module("phue").Bridge(
        bridge.address, config_file_path=str(tmp_path / "phue")
    )
    assert hue.name == "Emulated bridge"
    assert hue.get_light("Dance 2", "reachable") is True
    assert hue.get_light_id_by_name("no such lamp") is False
    assert "success" in hue.set_light("Dance 2", {"on": True, "bri": 9})[0][0]
    assert hue.get_group("Floor", "lights") == ["2", "3", "4", "5"]
    assert "success" in hue.set_group("Floor", {"on": True, "hue": 100, "sat": 254})[0][0]
    made = hue.create_group("Two", [1, 2])
    assert "success" in hue.delete_group(made[0]["success"]["id"])[0]
    assert hue.get_scene() == {}
    assert {light.name for light in hue.lights} == set(LAMPS)


def test_keys_and_lamps_outlive_a_restart_and_keys_are_only_hashes(
    bridge: Emulator, tmp_path: Path
) -> None:
    bridge.press()
    root = f"http://{bridge.address}/api"
    key = httpx.post(root, json={"devicetype": "x"}).json()[0]["success"]["username"]
    httpx.put(f"{root}/{key}/lights/1/state", json={**ON, "ct": 300})
    made = httpx.post(f"{root}/{key}/groups", json={"name": "G", "lights": ["1"]}).json()
    bridge.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(root)
    assert key not in (tmp_path / "state.json").read_text()
    bridge.start()
    assert httpx.get(f"{root}/{key}/lights/1").json()["state"]["ct"] == 300
    assert made[0]["success"]["id"] in httpx.get(f"{root}/{key}/groups").json()
    assert httpx.get(f"{root}/{'0' * 40}/lights").json()[0]["error"]["type"] == 1


def test_the_page_and_its_state(bridge: Emulator) -> None:
    page = httpx.get(f"http://{bridge.address}/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("https://", "http").split("<script>")[0]
    assert httpx.post(f"http://{bridge.address}/emulator/press").json() == {"pressed": True}
    state = httpx.get(f"http://{bridge.address}/emulator/state").json()
    assert state["button_s"] > 0
    assert [lamp["name"] for lamp in state["lamps"]] == list(LAMPS)
    assert httpx.get(f"http://{bridge.address}/nowhere").status_code == 404
    huge = httpx.post(f"http://{bridge.address}/api", content=b"x" * 70_000)
    assert huge.status_code == 413
    wrong = httpx.post(f"http://{bridge.address}/emulator/faults", json={"refuse": 1})
    assert wrong.status_code == 400


def test_colours_of_all_three_modes_are_shown(bridge: Emulator) -> None:
    house = bridge.api.house
    house.change("1", {"on": True, "hue": 0, "sat": 254}, "light", 0.0, acts=True)
    house.change("2", {"on": True, "ct": 153}, "light", 0.0, acts=True)
    house.change("3", {"on": True, "ct": 500, "alert": "select"}, "light", 0.0, acts=True)
    house.change("4", {"on": True, "xy": [0.17, 0.7]}, "light", 0.0, acts=True)
    lamps = httpx.get(f"http://{bridge.address}/emulator/state").json()["lamps"]
    red, cold, warm, green = (
        [int(lamp["colour"][i : i + 2], 16) for i in (1, 3, 5)] for lamp in lamps[:4]
    )
    assert red == [255, 0, 0]
    assert cold[2] > warm[2]
    assert green[1] == 255
    assert lamps[2]["flashed_ms"] is not None


@pytest.mark.processes
def test_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "integrations.lights.emulator", "--port", "0", "--press"]
    lamps = ["--lights", "A, B", "--group", "G=A,B", "--state", str(tmp_path / "s.json")]
    with subprocess.Popen([*command, *lamps], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        root = process.stdout.readline().split()[-1]
        given = httpx.post(f"{root}api", json={"devicetype": "x"}).json()
        key = given[0]["success"]["username"]
        assert list(httpx.get(f"{root}api/{key}/groups").json()) == ["1"]
        process.terminate()
        assert process.wait(10) == 0
    assert (tmp_path / "s.json").exists()
    wrong = subprocess.run([*command, "--group", "G=Nobody"], capture_output=True, check=False)
    assert wrong.returncode == 2
    assert b"Nobody" in wrong.stderr


def test_the_command_line_says_what_is_wrong(
    bridge: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--group", "G=Nobody"]) == 2
    assert main(["--port", str(bridge.port)]) == 1
    assert "cannot listen" in capsys.readouterr().err


def test_a_client_that_hangs_up_harms_nobody(bridge: Emulator) -> None:
    httpx.post(f"http://{bridge.address}/emulator/faults", json={"slow_ms": 200})
    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"http://{bridge.address}/api/config", timeout=0.05)
    wait_until(lambda: httpx.get(f"http://{bridge.address}/api/config").status_code == 200)
    assert time.monotonic() >= started
