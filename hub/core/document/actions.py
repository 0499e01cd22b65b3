"""What a rule does: its ``then``. ``max_age`` is how old the cause may be.

Where ``needs`` is a field it names purposes of consent that the action needs besides its own.
"""

from typing import Annotated

from msgspec import Meta

from hub.core.document.base import Colour, Duration, Field, Name, Part
from hub.core.events import Value

Fields = dict[str, str]
"""Name to text; the text may name attributes: ``{first_name}``."""


class GiveTag(Part, frozen=True, tag_field="do", tag="tag"):
    """Give the person a tag."""

    tag: str


class TakeTag(Part, frozen=True, tag_field="do", tag="untag"):
    """Take a tag away."""

    tag: str


class SetAttribute(Part, frozen=True, tag_field="do", tag="set"):
    """Set an attribute; for a tally, count ``value`` once more; for a set, add it."""

    attribute: Field
    value: Value


class AddPoints(Part, frozen=True, tag_field="do", tag="points"):
    """Add points, or take some away."""

    points: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]


class AwardHonour(Part, frozen=True, tag_field="do", tag="honour"):
    """Award a badge of honour, once."""

    honour: Name


class SetStatus(Part, frozen=True, tag_field="do", tag="status"):
    """Set the person's status."""

    status: Name


class EnterDraw(Part, frozen=True, tag_field="do", tag="draw"):
    """Enter the person in a prize draw, once."""

    draw: Name


class GiveReward(Part, frozen=True, tag_field="do", tag="reward"):
    """Give a reward from a pool; ``title`` and ``text`` may name attributes: ``{first_name}``."""

    pool: Name
    title: str
    text: str = ""
    max_age: Duration = "7d"


class SendPush(Part, frozen=True, tag_field="do", tag="push"):
    """Write to the person's inbox and to the browsers they subscribed."""

    title: str
    text: str = ""
    max_age: Duration = "1h"


class SetLight(Part, frozen=True, tag_field="do", tag="light"):
    """Turn a lamp to a colour for a while. The higher priority has the lamp."""

    lamp: str
    colour: Colour
    hold: Duration = "10s"
    priority: int = 50
    max_age: Duration = "10s"


class SetMood(Part, frozen=True, tag_field="do", tag="mood"):
    """Spread the favourite colours of those present over lamps."""

    lamps: list[str]
    priority: int = 20
    max_age: Duration = "2min"


class RequestMusic(Part, frozen=True, tag_field="do", tag="music"):
    """Rank the favourite artists of those present for the DJ.

    With ``ask_every`` the best wish is asked for as well, at most so often: for a player that takes
    requests, such as MPD. What was asked for is not asked for again while it rests.
    """

    max_age: Duration = "2min"
    ask_every: Duration | None = None


class TellStaff(Part, frozen=True, tag_field="do", tag="staff"):
    """Leave a note for those who work here, on their page."""

    title: str
    text: str = ""
    max_age: Duration = "1h"


class CallWebhook(Part, frozen=True, tag_field="do", tag="webhook"):
    """Send a signed request to a target that the installation's configuration names."""

    target: Name
    fields: Fields = {}
    needs: tuple[Field, ...] = ("sharing",)
    max_age: Duration = "1h"


class PublishMqtt(Part, frozen=True, tag_field="do", tag="mqtt"):
    """Publish under ``foyer/EVENT/out/`` at the broker, not retained."""

    topic: Annotated[str, Meta(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+){0,5}$")]
    fields: Fields = {}
    needs: tuple[Field, ...] = ("sharing",)
    max_age: Duration = "1min"


class WriteRecord(Part, frozen=True, tag_field="do", tag="write"):
    """Write a person's record, under their id there, to a CRM, marketing or analytics system."""

    target: Name
    fields: Fields = {}
    needs: tuple[Field, ...] = ("sharing",)
    max_age: Duration = "7d"


class FollowUp(Part, frozen=True, tag_field="do", tag="follow_up"):
    """Do more later: ``after`` a duration, or ``at`` the next such time of day at the venue."""

    then: list["Act"]
    after: Duration | None = None
    at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d( next morning)?$")] | None = None


class CancelFollowUp(Part, frozen=True, tag_field="do", tag="cancel"):
    """Take back what follow-ups of a rule would still do for the person."""

    rule: Name


Act = (
    GiveTag | TakeTag | SetAttribute | AddPoints | AwardHonour | SetStatus | EnterDraw | GiveReward
    | SendPush | SetLight | SetMood | RequestMusic | TellStaff | CallWebhook | PublishMqtt
    | WriteRecord | FollowUp | CancelFollowUp
)  # fmt: skip
