"""How often, how much, when not, and for whom not: limits, caps, quiet hours, experiments."""

from typing import Annotated, Literal

from msgspec import Meta

from hub.core.document.actions import Act
from hub.core.document.base import Count, Duration, Name, Part, TimeOfDay, Window

Channel = Literal["push", "reward", "light", "staff", "webhook", "mqtt", "write"]


class Period(Part, frozen=True):
    """So often within a window."""

    at_most: Count
    within: Window = "event"


class Limit(Part, frozen=True):
    """How often a rule may fire: once, every so often, n within each of several windows.

    ``per`` says for whom it is counted: a ``person``, each ``visit`` of theirs, or all at the
    ``event`` together. Every limit that is given holds, also for a cause that becomes known late.
    """

    once: bool = False
    per: Literal["person", "visit", "event"] = "person"
    every: Duration | None = None
    at_most: Count | None = None
    within: Window = "event"
    also: list[Period] = []


class Cap(Part, frozen=True):
    """How often several rules together may act, for a person or for all at the event.

    ``of`` is what is counted: ``push``, ``reward``, ``light``, ``staff``, ``webhook``, ``mqtt`` or
    ``write`` (a channel), ``everything`` (all channels), or ``group:NAME`` (firings of the rules of
    a group).
    """

    name: Name
    of: Annotated[
        str,
        Meta(
            pattern=r"^(push|reward|light|staff|webhook|mqtt|write|everything|"
            r"group:[a-z0-9][a-z0-9-]{0,47})$"
        ),
    ]
    at_most: Count
    within: Window = "event"
    per: Literal["person", "event"] = "person"


class Quiet(Part, frozen=True, rename={"from_": "from"}):
    """From ``from`` until before ``until``, across midnight too, these channels do not act.

    ``hold`` keeps an action until the hours end, unless it expires before; ``drop`` gives it up;
    ``inbox`` delivers a push to the inbox alone. People may have quiet hours of their own: their
    attributes ``quiet_from`` and ``quiet_until``, for which ``hold`` is what is done.
    """

    from_: TimeOfDay
    until: TimeOfDay
    channels: tuple[Channel, ...] = ("push",)
    then: Literal["hold", "drop", "inbox"] = "hold"


class Budget(Part, frozen=True):
    """An amount of money that the rewards of these pools together may cost."""

    name: Name
    amount: Annotated[float, Meta(gt=0)]
    pools: list[Name]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"


class Variant(Part, frozen=True):
    """One of several things that a rule may do; ``share`` is out of the sum of all shares."""

    name: Name
    then: list[Act]
    share: Annotated[float, Meta(gt=0)] = 1


class Goal(Part, frozen=True):
    """What an experiment is to bring about: a visit, or a redeemed reward, soon enough."""

    visit: Name | None = None
    redeemed: Name | None = None
    within: Duration = "2h"
