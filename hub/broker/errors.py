"""One tree for all that can go wrong with the broker.

BrokerError
├── BrokerStartError
├── BrokerStopped
├── DeviceFileError
└── MalformedPacket
"""


class BrokerError(Exception):
    """The broker cannot do what it was asked; the text is for a person."""


class BrokerStartError(BrokerError):
    """The broker program did not come up."""


class BrokerStopped(BrokerError):  # noqa: N818 - named after what happened
    """The broker program ended, or no longer answers, without having been told to."""


class DeviceFileError(BrokerError):
    """The device file is missing, unreadable or says something impossible."""


class MalformedPacket(BrokerError):  # noqa: N818 - named after the thing that is wrong
    """A client sent what MQTT 3.1.1, or this broker, does not allow; it is disconnected."""
