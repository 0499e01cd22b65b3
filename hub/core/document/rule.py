"""A rule: when this happens, and if that holds, then do these, within the limit."""

from typing import Literal

from hub.core.document.actions import Act
from hub.core.document.base import Name, Part, Percent
from hub.core.document.conditions import Condition
from hub.core.document.limits import Goal, Limit, Variant
from hub.core.document.triggers import Trigger

Stage = Literal["draft", "shadow", "live", "paused"]


class Rule(Part, frozen=True, rename={"if_": "if"}):
    """A rule.

    Of the rules of one ``group`` that become true together for somebody only the one with the
    highest ``priority`` acts, of equals the one that is written first. ``holdout`` is how many of a
    hundred people it never acts for, to compare with; ``variants`` are tried side by side instead
    of ``then``; ``goal`` is what the comparison counts.

    ``stage``: a ``draft`` is not asked; a ``shadow`` decides and is logged, and does nothing;
    ``live`` acts; ``paused`` is not asked, and keeps its history.
    """

    name: Name
    when: Trigger
    then: list[Act] = []
    text: str = ""
    """The rule as the organiser would say it."""
    if_: Condition | None = None
    limit: Limit = Limit()
    group: Name | None = None
    priority: int = 0
    holdout: Percent = 0
    variants: list[Variant] = []
    goal: Goal | None = None
    stage: Stage = "live"
