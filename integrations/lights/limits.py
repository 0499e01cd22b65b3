"""Every bound of the lights has one name, one unit and one place."""

from typing import Final

REQUESTS_PER_WINDOW_MAX: Final = 2
REQUEST_WINDOW_MS: Final = 250
"""Two requests in 250 ms: what aiohue settled on by experiment (aiohue pull request 92)."""

LIGHT_COMMANDS_PER_S_MAX: Final = 10
GROUP_COMMANDS_PER_S_MAX: Final = 1
"""What a bridge takes from all its apps together (Hue FAQ); more vanish or are refused."""

LAMP_CHANGES_PER_S_MAX: Final = 3
"""Most changes of one lamp in any second: at most one and a half flashes (WCAG 2.3.1 allows 3)."""

AREA_CHANGES_PER_S_MAX: Final = 6
"""Most visible changes among an area's lamps in any second: two make a flash, three are allowed."""

FLASH_CHANGES: Final = 2
"""A breath of the lamp (alert ``select``) goes up and down: two changes more."""

LUMINANCE_CHANGE_VISIBLE: Final = 0.1
"""Smallest change of relative luminance that counts towards a flash (WCAG 2.2, general flash)."""

SATURATED_RED_SHARE: Final = 0.8
"""From this share of red in R+G+B on, a colour is a saturated red (WCAG 2.2, red flash)."""

CLAIMS_PER_LAMP_MAX: Final = 64
"""Most sources that may claim one lamp; the next one is refused."""

MOOD_LAMPS_MAX: Final = 64
MOOD_COLOURS_MAX: Final = 64
SETTLED_KEYS_MAX: Final = 1024
"""How many delivered keys are remembered, so that a repeated one is harmless."""

NAME_CHARS_MAX: Final = 128
HOLD_MS_MAX: Final = 86_400_000
"""Longest hold that can be asked for: a day; longer is a claim without end, then a release."""

LISTING_S: Final = 15.0
"""Real seconds after which the lamps of the bridge are listed again."""

LISTING_RETRY_S: Final = 2.0
"""Real seconds for which an unknown lamp's name is refused without looking again."""

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 5.0
"""Real seconds between two tries to reach a bridge that is away."""

HEARTBEAT_S: Final = 0.25
"""Longest real wait of the driver: a clock that was moved is noticed within this."""

BRIDGE_TIMEOUT_S: Final = 10.0
"""phue waits this long for a bridge and cannot be told otherwise."""

ANSWER_WAIT_S: Final = 4.0
"""Real seconds a delivery waits for its lamp before it is left to a later try."""

TRANSITION_MS_MAX: Final = 10_000
"""Longest change from one colour to the next that can be set."""

LAMP_NAMES_MAX: Final = 256
"""Most names of lamps whose outcomes are remembered, known or not."""

PAIR_POLL_S: Final = 1.0
"""Real seconds between two questions whether the button was pressed."""
