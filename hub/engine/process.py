"""How the interpreter is set in a process whose one thread decides while another one reads."""

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread may keep the interpreter from another that waits. With the usual 5 ms, 99 of 100
taps under load were acted on within 11 and 38 ms (two runs of the benchmark), with this in 8 and 9."""

YOUNG_OBJECTS_MAX: Final = 50_000
"""New objects until the collector looks at them: values are freed by counting, few are cycles."""


def tune() -> None:
    """Set the interpreter up; call it once what lives for the whole run is loaded."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)
