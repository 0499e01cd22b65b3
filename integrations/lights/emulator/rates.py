"""Ten light commands and one group command a second, for all apps together; then refusal."""

from collections import deque
from dataclasses import dataclass, field

LIGHT_COMMANDS_PER_S_MAX = 10
GROUP_COMMANDS_PER_S_MAX = 1
SECOND_MS = 1000.0
REFUSAL_STATUS = 429


@dataclass(slots=True)
class Rate:
    """At most ``per_s_max`` in any second; what was refused does not count."""

    per_s_max: int
    _taken: deque[float] = field(default_factory=deque)

    def take(self, now_ms: float) -> bool:
        """Count one more at ``now_ms`` (monotonic), or say no."""
        while self._taken and self._taken[0] <= now_ms - SECOND_MS:
            self._taken.popleft()
        if len(self._taken) >= self.per_s_max:
            return False
        self._taken.append(now_ms)
        return True
