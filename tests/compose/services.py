"""The services of ``docker-compose.yml`` as Compose would see them, and as plain processes.

Outside containers a volume is a folder, a host name is loopback, and the image's ``/app`` is the
repository; everything else - command lines, variables - is taken as it is written.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = ROOT / "docker-compose.yml"
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """Read the file with ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?sentence}`` filled in.

    Raises:
        KeyError: a variable that has to be given is not; the text is the file's sentence.
    """

    def fill(found: re.Match[str]) -> str:
        name, kind, more = found[1], found[2], found[3]
        if variables.get(name):
            return variables[name]
        if kind == "-":
            return str(more)
        raise KeyError(more or name)

    filled: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(fill, FILE.read_text(encoding="utf-8")))
    return filled


@dataclass(frozen=True, slots=True)
class Outside:
    """Where things are when there are no containers."""

    volumes: Path
    """A folder for each named volume is made in here."""
    hosts: Mapping[str, str] = field(default_factory=dict)
    """``mosquitto:1883`` to its address here."""

    def folder(self, volume: str) -> Path:
        """The folder that stands for a named volume."""
        path = self.volumes / volume
        path.mkdir(parents=True, exist_ok=True)
        return path

    def mounts(self, service: Mapping[str, Any]) -> dict[str, str]:
        """Path within the container to path here; a volume inside another is a link there."""
        found: dict[str, str] = {}
        for text in service.get("volumes", []):
            volume, target, *_ = text.split(":")
            parent = next((one for one in found if target.startswith(f"{one}/")), None)
            if parent is None:
                found[target] = str(self.folder(volume))
                continue
            link = Path(found[parent]) / target.removeprefix(f"{parent}/")
            if not link.is_symlink():
                link.symlink_to(self.folder(volume))
        return found

    def translated(self, text: str, service: Mapping[str, Any]) -> str:
        """A word of a command or a variable, as it is meant here."""
        for target, here in {**self.mounts(service), "/app": str(ROOT)}.items():
            text = re.sub(rf"(?<![\w.]){re.escape(target)}(?=/|$|[ ;])", here, text)
        for name, here in self.hosts.items():
            text = text.replace(name, here)
        return text.replace("$$", "$")

    def command(self, service: Mapping[str, Any]) -> list[str]:
        """The command line, with the programs of this virtual environment."""
        return [self.translated(str(word), service) for word in service["command"]]

    def environment(self, service: Mapping[str, Any]) -> dict[str, str]:
        """The variables, and a path on which this virtual environment comes first."""
        given = {
            name: self.translated(str(value), service)
            for name, value in service.get("environment", {}).items()
        }
        programs = f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/bin"
        return {**given, "PATH": programs}
