"""``foyer devices``: who may talk to the broker."""

from typing import Annotated

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

app = typer.Typer(no_args_is_help=True, help="The machines that may talk to the broker.")
Name = Annotated[str, typer.Argument(help="Name of the device.")]


@app.command(name="list")
def list_(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False) -> None:
    """List devices, with what edges last said of themselves. Secrets are kept nowhere."""
    with opened(data, config) as (_home, store):
        devices, health = store.devices.all(), store.devices.health()
    rows = []
    for device in devices:
        said = health.get(device.name)
        state = "" if said is None else ("alive" if said.alive else "away")
        rows.append((device.name, device.role, "revoked" if device.revoked else "admitted", state))
    names = ("name", "role", "access", "state")
    if as_json:
        show_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        show_table("Devices", names, rows)


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="edge, hub or guest.")] = "edge",
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
