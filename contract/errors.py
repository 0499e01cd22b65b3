"""One tree for all that can be wrong with a message.

ContractError
├── MalformedPayload
│   ├── PayloadTooLarge
│   └── UnsupportedVersion
└── UnknownTopic
"""


class ContractError(Exception):
    """Something on the wire is not as ``docs/wire.md`` says; the text is for a person."""


class MalformedPayload(ContractError):  # noqa: N818 - named after the thing that is wrong
    """The payload cannot be read as what its topic says it is."""


class PayloadTooLarge(MalformedPayload):
    """The payload is over ``PAYLOAD_BYTES_MAX``; it was not parsed."""


class UnsupportedVersion(MalformedPayload):
    """The payload is of another version of the protocol."""


class UnknownTopic(ContractError):  # noqa: N818 - named after the thing that is wrong
    """The topic is none of the protocol's."""
