"""How an installation is told to run: one file, each setting with a default, checked when read.

``foyer.yaml`` in the data folder is optional. The few settings that differ from machine to machine
can be given by the environment instead, which wins: ``FOYER_EVENT``, ``FOYER_DATABASE``,
``FOYER_BROKER``, ``FOYER_BIND``, ``FOYER_CLOCK``, ``FOYER_LIGHTS``, ``FOYER_PUBLIC_URL``.
"""

import os
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import yaml
from msgspec import Struct

CONFIG_FILE: Final = "foyer.yaml"
PORT_MAX: Final = 65_535


class ConfigFault(Exception):  # noqa: N818 - named after the thing that is wrong
    """The configuration says something that cannot be meant; the text says where and what."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A setting that is not known is an error."""


class BrokerConfig(Part, frozen=True):
    """Where the broker is. ``kind`` says which one ``foyer up`` and ``foyer broker`` start."""

    kind: Literal["embedded", "mosquitto"] = "embedded"
    host: str = "127.0.0.1"
    port: int = 1883
    bind: str = "127.0.0.1"


class WebConfig(Part, frozen=True):
    """Where the pages are served, and the address under which browsers know them."""

    bind: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    tips: list[str] = []
    """Groups of places that attendees get tips for; none stands for every place."""


class LightsConfig(Part, frozen=True):
    """The Hue bridge; empty means that there are no lights."""

    address: str = ""


class PushConfig(Part, frozen=True):
    """Whom push services may write to about our messages; empty means no Web Push."""

    subject: str = ""
    allow_loopback: bool = False


class PresenceConfig(Part, frozen=True):
    """How often badges are reported, and how long silence must last to mean gone (venue seconds).

    ``reorder_s`` is real time: how long one edge's report may be under way while another's of a
    later time has come.
    """

    interval_s: float = 1.0
    leave_after_s: float = 60.0
    reorder_s: float = 3.0


class Config(Part, frozen=True):
    """Everything that can be set."""

    event: str = ""
    database: str = ""
    clock: str = "system"
    broker: BrokerConfig = BrokerConfig()
    web: WebConfig = WebConfig()
    lights: LightsConfig = LightsConfig()
    push: PushConfig = PushConfig()
    music: dict[str, Any] = {}
    """Sinks for the DJ's requests, as ``integrations.music`` reads them."""
    webhooks: dict[str, Any] = {}
    """Targets of signed requests, as ``integrations.webhook`` reads them."""
    records: dict[str, Any] = {}
    """Systems that take people's records, as ``integrations.records`` reads them."""
    presence: PresenceConfig = PresenceConfig()


def read_config(data_dir: Path, file: Path | None = None) -> Config:
    """Read the configuration file, if there is one, and lay the environment over it.

    Raises:
        ConfigFault: the file is missing though it was named, or says what cannot be meant.
    """
    path = file or data_dir / CONFIG_FILE
    if file is not None and not path.exists():
        raise ConfigFault(f"there is no configuration file {path}")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        config = msgspec.convert(raw or {}, Config, strict=False)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise ConfigFault(one_line(f"{path}: {error}")) from error
    return _with_environment(config)


def one_line(text: str) -> str:
    """A sentence in one line, where a library says it in several."""
    return " ".join(text.split())


def _with_environment(config: Config) -> Config:
    env = os.environ
    replace = msgspec.structs.replace
    host, _, port = env.get("FOYER_BROKER", "").partition(":")
    if port and not (port.isdecimal() and int(port) <= PORT_MAX):
        raise ConfigFault(f"FOYER_BROKER is HOST or HOST:PORT, not {env['FOYER_BROKER']!r}")
    broker = replace(
        config.broker,
        host=host or config.broker.host,
        port=int(port) if port else config.broker.port,
        bind=env.get("FOYER_BIND", config.broker.bind),
    )
    web = replace(
        config.web,
        bind=env.get("FOYER_BIND", config.web.bind),
        public_url=env.get("FOYER_PUBLIC_URL", config.web.public_url),
    )
    return replace(
        config,
        event=env.get("FOYER_EVENT", config.event),
        database=env.get("FOYER_DATABASE", config.database),
        clock=env.get("FOYER_CLOCK", config.clock),
        broker=broker,
        lights=LightsConfig(address=env.get("FOYER_LIGHTS", config.lights.address)),
        web=web,
    )


def write_config(data_dir: Path, config: Config) -> Path:
    """Write a configuration file (mode 0600: a database address may hold a password)."""
    path = data_dir / CONFIG_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    text = yaml.safe_dump(msgspec.to_builtins(config), sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path
