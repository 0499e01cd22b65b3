"""``foyer db``, ``foyer lights``, ``foyer accounts``: what is done now and then."""

import secrets
from typing import Annotated, Final

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    home_at,
    opened,
    plainly,
    refusal,
    screen,
    show_table,
)

database = typer.Typer(no_args_is_help=True, help="The database.")
lights = typer.Typer(no_args_is_help=True, help="The Hue bridge.")
accounts = typer.Typer(no_args_is_help=True, help="Who works here, and the tokens of stands.")

PASSWORD_BYTES: Final = 12


@database.command()
def upgrade(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Bring the tables to this version; doing it twice changes nothing."""
    with plainly():
        store = home_at(data, config).store()
        store.start(migrate=True)
        screen().print(f"{store.database.where} is up to date")
        store.stop()


@lights.command()
def pair(
    address: Annotated[str, typer.Argument(help="The bridge: host or host:port.")] = "",
    timeout_s: Annotated[float, typer.Option(help="Longest wait for the button.")] = 30.0,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Get a key from the bridge: press its button when asked to."""
    from integrations.lights.errors import LightsError
    from integrations.lights.pairing import pair as ask

    with plainly():
        home = home_at(data, config)
        where = address or home.config.lights.address
        if not where:
            raise refusal("which bridge? say its address, or set lights.address in foyer.yaml")
        try:
            ask(where, home.data / "hue.json", timeout_s, typer.echo)
        except LightsError as error:
            raise refusal(str(error)) from error
    screen().print(f"paired with the bridge at {where}")


@lights.command()
def verify(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Ask the bridge for its lamps, and say which of the venue's are missing."""
    from hub.app import lamps_of
    from integrations.lights.bridge import HueBridge
    from integrations.lights.errors import LightsError
    from integrations.lights.keyfile import read_key

    with plainly():
        home = home_at(data, config)
        address, key_file = home.config.lights.address, home.data / "hue.json"
        if not address:
            raise refusal("no bridge is set: lights.address in foyer.yaml, or FOYER_LIGHTS")
        try:
            found = HueBridge(address, read_key(key_file, address), key_file).lamps()
        except LightsError as error:
            raise refusal(str(error)) from error
        wanted = list(lamps_of(home))
    there = {lamp.name for lamp in found}
    show_table(
        f"Lamps of the bridge at {address}",
        ("number", "lamp", "in the venue"),
        [(lamp.number, lamp.name, "yes" if lamp.name in wanted else "") for lamp in found],
    )
    missing = [name for name in wanted if name not in there]
    if missing:
        raise refusal(f"the bridge has no lamp {', '.join(missing)}")


@lights.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def emulator(context: typer.Context) -> None:
    """Run a bridge without lamps in the ceiling; foyer lights emulator --help says how."""
    from integrations.lights.emulator.__main__ import main as run

    raise typer.Exit(run(context.args))


@accounts.command()
def add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[str, typer.Option(help="organiser, staff or dj.")] = "staff",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Make an account; its one-time password is shown now and changed at the first sign-in."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with opened(data, config) as (home, store):
        store.accounts.create(name, password, role, home.clock().wall_ms(), must_change=True)
    screen().print(f"{name} may sign in as {role} with the one-time password:")
    typer.echo(password)


@accounts.command()
def token(
    name: Annotated[str, typer.Argument(help="Name of the stand.")],
    role: Annotated[str, typer.Option(help="organiser, staff or dj.")] = "staff",
    revoke: Annotated[bool, typer.Option(help="Lock the stand out instead.")] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Make the token with which a stand calls the API, in place of the one before."""
    with opened(data, config) as (home, store):
        if revoke:
            if not store.accounts.revoke_token(name):
                raise refusal(f"there is no token {name!r}")
            screen().print(f"{name} is locked out")
            return
        made = store.accounts.add_token(name, role, home.clock().wall_ms())
    screen().print(f"{name} calls the API as {role} with the token, shown this once:")
    typer.echo(made)


@accounts.command(name="list")
def list_(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """List accounts and tokens."""
    with opened(data, config) as (_home, store):
        people, tokens = store.accounts.all(), store.accounts.tokens()
    rows = [
        ("account", one.name, one.role, "has to change it" if one.must_change else "")
        for one in people
    ]
    rows += [("token", one.name, one.role, "revoked" if one.revoked else "") for one in tokens]
    show_table("Accounts", ("what", "name", "role", "note"), rows)
