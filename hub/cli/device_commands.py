"""``foyer devices``: who may talk to the broker."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    refusal,
    screen,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.store.devices import EdgeState

app = typer.Typer(no_args_is_help=True, help="The machines that may talk to the broker.")
Name = Annotated[str, typer.Argument(help="Name of the device.")]


@app.command(name="list")
def list_(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False) -> None:
    """List devices, with what edges last said of themselves. Secrets are kept nowhere."""
    with opened(data, config) as (_home, store):
        devices, health = store.devices.all(), store.devices.health()
    rows = []
    for device in devices:
        access = "revoked" if device.revoked else "admitted"
        rows.append((device.name, device.role, access, *_said(health.get(device.name))))
    names = ("name", "role", "access", "state", "waiting", "given_up", "notes")
    if as_json:
        show_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        titles = [name.replace("_", " ") for name in names]
        show_table("Devices", titles, [(*row[:-1], "; ".join(row[-1])) for row in rows])


def _said(health: "EdgeState | None") -> tuple[str, int | None, int | None, list[str]]:
    """State, records not committed yet, sightings given up, and notes; as last heard."""
    from contract.codec import decode
    from contract.envelope import Health
    from contract.errors import MalformedPayload

    if health is None:
        return "", None, None, []
    state = "alive" if health.alive else "away"
    try:
        said = decode(health.body, Health)
    except MalformedPayload:
        return state, None, None, []
    return state, said.outbox_rows, said.evicted_rows, said.notes


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="edge, hub, guest or listener.")] = "edge",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """Admit a device, or give it a new secret; the secret is shown this once."""
    from hub.home import HUB_NAMES

    with opened(data, config) as (home, store):
        if name in HUB_NAMES:
            raise refusal(f"{name} is the hub's own: foyer init makes it")
        secret = store.devices.add(name, role, home.clock().wall_ms())
        home.export_devices(store)
        if home.secret_file(name).exists():
            home.keep_secret(name, secret)
    if as_json:
        show_json({"name": name, "role": role, "secret": secret})
        return
    screen().print(f"{name} is admitted as {role}; its secret, shown this once:")
    typer.echo(secret)


@app.command()
def revoke(name: Name, data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Lock a device out, at once where the broker runs."""
    from hub.home import HUB_NAMES

    with opened(data, config) as (home, store):
        if name in HUB_NAMES:
            raise refusal(f"{name} is the hub's own and cannot be locked out")
        if not store.devices.revoke(name):
            raise refusal(f"there is no device {name!r}")
        home.export_devices(store)
    screen().print(f"{name} is locked out")


@app.command()
def export(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Write the file that the broker reads."""
    with opened(data, config) as (home, store):
        home.export_devices(store)
        screen().print(f"{len(store.devices.all())} devices are in {home.devices_file}")
