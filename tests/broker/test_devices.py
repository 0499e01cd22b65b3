"""The device file is whole, private and followed; secrets are compared, never kept."""

from pathlib import Path

import pytest

from hub.broker import mosquitto, secrets
from hub.broker.devices import (
    DEVICES_MAX,
    Device,
    DeviceTable,
    FileRights,
    read_device_file,
    write_device_file,
)
from hub.broker.errors import DeviceFileError

HASH = secrets.hash_secret("s")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "devices.json"
    write_device_file(path, "demo", [Device("b", HASH), Device("a", HASH, "hub")])
    assert path.stat().st_mode & 0o777 == 0o600
    table = read_device_file(path)
    assert [device.name for device in table.devices] == ["a", "b"]
    assert table.event == "demo"
    assert [entry.name for entry in path.parent.iterdir()] == ["devices.json"]


def test_rights_follow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    secret = secrets.new_secret()
    hashed = secrets.hash_secret(secret)
    write_device_file(path, "demo", [Device("stage", hashed)])
    rights = FileRights(path)
    assert rights.refresh()
    assert not rights.refresh()
    assert rights.authenticate("stage", secret)
    assert not rights.authenticate("stage", "")
    assert not rights.authenticate("other", secret)
    assert rights.may_publish("stage", "foyer/demo/stage/up/taps")
    assert not rights.may_publish("stage", "foyer/demo/stage/up/+")
    assert rights.may_subscribe("stage", "foyer/demo/stage/down/+")
    write_device_file(path, "demo", [Device("stage", hashed, revoked=True)])
    assert rights.refresh()
    assert not rights.authenticate("stage", secret)
    assert not rights.may_publish("stage", "foyer/demo/stage/up/taps")
    assert not rights.may_subscribe("stage", "foyer/demo/stage/down/+")
    assert rights.device("stage") is None


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", '{"event": "demo"}', '{"event": "a/b", "devices": []}', '"\\ud800"'),
        '{"event": "demo", "devices": [{"name": "x", "secret_hash": "", "role": "king"}]}',
    ],
)
def test_a_bad_file_is_refused_and_the_old_table_stays(tmp_path: Path, content: str) -> None:
    path = tmp_path / "devices.json"
    write_device_file(path, "demo", [Device("stage", HASH)])
    rights = FileRights(path)
    rights.refresh()
    path.write_text(content)
    with pytest.raises(DeviceFileError, match=r"devices\.json"):
        rights.refresh()
    assert rights.authenticate("stage", "s")
    path.unlink()
    with pytest.raises(DeviceFileError, match="cannot read"):
        rights.refresh()


@pytest.mark.parametrize("names", [["hub"], ["a/b"], ["A"], ["x", "x"], [""], ["a\nuser b"]])
def test_names_that_cannot_be_topic_levels_are_refused(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(DeviceFileError):
        write_device_file(tmp_path / "d.json", "demo", [Device(name, HASH) for name in names])


def test_too_many_or_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    many = [Device(f"e{number}", "") for number in range(DEVICES_MAX + 1)]
    with pytest.raises(DeviceFileError, match="most"):
        write_device_file(path, "demo", many)
    path.write_bytes(bytes(8_388_609))
    with pytest.raises(DeviceFileError, match="over"):
        read_device_file(path)


def test_secrets_are_long_and_hashes_salted() -> None:
    secret = secrets.new_secret()
    assert len(secret) == 43
    assert secrets.hash_secret(secret) != secrets.hash_secret(secret)
    assert secrets.secret_matches(secret, secrets.hash_secret(secret))
    assert not secrets.secret_matches(secret + "x", secrets.hash_secret(secret))


@pytest.mark.parametrize(
    "form",
    [
        *("", "x", "$6$1$AA==$AA==", "$7$0$AA==$AA==", "$7$999999999$AA==$AA==", "$7$x$A$A"),
        *("$7$1$!$AA==", "7$7$1$AA==$AA=="),
    ],
)
def test_an_unreadable_hash_matches_nothing(form: str) -> None:
    assert not secrets.secret_matches("s", form)


def test_mosquitto_is_told_the_same() -> None:
    table = DeviceTable(
        "demo",
        [Device("engine", "H1", "hub"), Device("gone", "H2", revoked=True), Device("stage", "H3")],
    )
    assert mosquitto.password_text(table) == "engine:H1\nstage:H3\n"
    acl = mosquitto.acl_text(table)
    assert "user engine\ntopic write foyer/demo/#\ntopic read foyer/demo/#\n" in acl
    assert "topic read foyer/demo/stage/down/+\ntopic read foyer/demo/hub/state\n" in acl
    assert "topic write foyer/demo/stage/up/taps\n" in acl
    assert "gone" not in acl
