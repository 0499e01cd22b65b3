"""What the report says, ready to be shown: rates and differences 0 to 1, instants Unix ms (UTC)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ArmReport:
    """One arm of a rule; ``low`` to ``high`` is the 95 % interval of ``rate``.

    ``people`` are those whose time for the goal is over, ``reached`` those of them who reached it.
    ``refused`` of them got nothing (consent, cap, quiet hours, stock) and count all the same.
    ``waiting`` still have time and are not counted yet.
    """

    arm: str
    title: str
    people: int
    reached: int
    refused: int
    waiting: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against another; ``low`` to ``high`` is the 95 % interval of ``difference``.

    ``verdict``: ``more``, ``fewer``, ``unsure``, or ``nothing`` while one of both is empty.
    ``detectable`` is the smallest difference that these numbers of people would show four times
    out of five; None when there is none. ``needed`` is how many each arm takes for one of
    ``hub.experiments.wording.WANTED``. ``enough`` says whether both arms have as many.
    """

    arm: str
    against: str
    difference: float
    low: float
    high: float
    verdict: str
    detectable: float | None
    needed: int | None
    enough: bool
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class RuleExperiment:
    """What one rule brought about; ``sentences`` say it whole, the most important first.

    ``merged``, ``earlier`` and ``whole_event`` are people who were left out.
    """

    rule: str
    goal: str
    since_ms: int
    sentences: list[str]
    arms: list[ArmReport] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    merged: int = 0
    earlier: int = 0
    whole_event: int = 0


@dataclass(frozen=True, slots=True)
class ExperimentsReport:
    """Every rule with a holdout or variants, and the event with its rules against without any."""

    at_ms: int
    rules: list[RuleExperiment]
    whole_event: list[RuleExperiment]
    notes: list[str]
