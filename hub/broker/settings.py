"""How a broker is told to run, checked before anything starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

Kind = Literal["embedded", "mosquitto"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PORT_DEFAULT: Final = 1883


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """What to run and where; ``port`` 0 takes a free one, which the ready line then names."""

    kind: Kind
    devices: Path
    data: Path
    bind: str = "127.0.0.1"
    port: int = PORT_DEFAULT
