"""Every bound of outgoing requests has one name, one unit and one place."""

from typing import Final

TARGETS_MAX: Final = 64
"""Most targets that one configuration may name."""
URL_CHARS_MAX: Final = 2_048
PAYLOAD_BYTES_MAX: Final = 65_536
"""A larger body is not sent; the action is dropped."""
ANSWER_BYTES_MAX: Final = 4_096
"""Most that is read of an answer; the rest is left where it is."""
ANSWER_CHARS_TOLD_MAX: Final = 200
"""Most of an answer that stands in the reason why an action was dropped."""
TIMEOUT_S_MAX: Final = 30.0
"""Longest that one exchange may be allowed, from looking the name up to the last byte."""
PER_SECOND_MIN: Final = 0.01
PER_SECOND_MAX: Final = 1_000.0
RETRY_AFTER_S_MAX: Final = 86_400
"""Furthest ahead a receiver can put off a delivery, in real seconds."""
REST_FIRST_S: Final = 1
REST_S_MAX: Final = 64
"""How long a target that failed is left alone: doubling with each failure in a row (real)."""
REFUSED_REST_S: Final = 60
"""How long a target that refused our key is left alone before one delivery tries again (real)."""
WAITING_KEYS_MAX: Final = 10_000
"""Most deliveries of a target that hold a place in its queue; the oldest gets another one."""
SECRET_BYTES_MAX: Final = 4_096
"""Most that is read of a file with a secret."""
SIGNING_KEY_BYTES_MIN: Final = 24
SIGNING_KEY_BYTES_MAX: Final = 64
"""Sizes of a signing key. Source: Standard Webhooks 1.0.0, signature scheme."""
SIGNING_KEYS_MAX: Final = 4
"""Most keys that one request is signed with, while a secret is replaced by another."""
