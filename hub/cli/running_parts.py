"""A part that runs holds its lock."""

from hub.config import ConfigFault
from hub.home import Home


def is_running(home: Home, part: str) -> bool:
    """Whether a part runs on the data folder of this machine."""
    try:
        with home.only_one(part):
            return False
    except ConfigFault:
        return True
