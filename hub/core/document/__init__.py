"""What an organiser writes: the venue and its rules as one typed document, in YAML or JSON.

It is data only: no code, no expressions. Durations are written ``90s``, ``45min``, ``2h``, ``3d``;
a window is a duration, ``hour``, ``day`` or ``week`` of the venue's calendar, or ``event``.
"""

from hub.core.document.actions import (
    Act,
    AddPoints,
    AwardHonour,
    CallWebhook,
    CancelFollowUp,
    EnterDraw,
    Fields,
    FollowUp,
    GiveReward,
    GiveTag,
    PublishMqtt,
    RequestMusic,
    SendPush,
    SetAttribute,
    SetLight,
    SetMood,
    SetStatus,
    TakeTag,
    TellStaff,
    WriteRecord,
)  # fmt: skip
from hub.core.document.base import Colour, Duration, Field, Name, Part, Percent, TimeOfDay, Window
from hub.core.document.conditions import (
    All,
    AnyOf,
    AtTime,
    Attribute,
    Condition,
    Counted,
    HasConsent,
    HasHonour,
    HasPoints,
    HasStatus,
    HasTag,
    InArm,
    InAudience,
    InStock,
    IsAt,
    NoneOf,
    Occupied,
)  # fmt: skip
from hub.core.document.limits import Budget, Cap, Goal, Limit, Period, Quiet, Variant
from hub.core.document.people import AttributeInfo, Audience, IdKind, Mapped, Source
from hub.core.document.rule import Rule, Stage
from hub.core.document.triggers import (
    OnAbsent,
    OnAttribute,
    OnAudience,
    OnButton,
    OnCall,
    OnConsent,
    OnDistinct,
    OnDwell,
    OnLeft,
    OnLeftVenue,
    OnOccupancy,
    OnPoints,
    OnRedeemed,
    OnRule,
    OnSchedule,
    OnSequence,
    OnTap,
    OnVisit,
    OnVisits,
    OnWithout,
    Trigger,
    WhilePresent,
)  # fmt: skip
from hub.core.document.venue import Edge, EventInfo, Place, PoolInfo, Venue

__all__ = [
    "Act", "AddPoints", "All", "AnyOf", "AtTime", "Attribute", "AttributeInfo", "Audience",
    "AwardHonour", "Budget", "CallWebhook", "CancelFollowUp", "Cap", "Colour", "Condition",
    "Counted", "Duration", "Edge", "EnterDraw", "EventInfo", "Field", "Fields", "FollowUp",
    "GiveReward", "GiveTag", "Goal", "HasConsent", "HasHonour", "HasPoints", "HasStatus", "HasTag",
    "IdKind", "InArm", "InAudience", "InStock", "IsAt", "Limit", "Mapped", "Name", "NoneOf",
    "Occupied", "OnAbsent", "OnAttribute", "OnAudience", "OnButton", "OnCall", "OnConsent",
    "OnDistinct", "OnDwell", "OnLeft", "OnLeftVenue", "OnOccupancy", "OnPoints", "OnRedeemed",
    "OnRule", "OnSchedule", "OnSequence", "OnTap", "OnVisit", "OnVisits", "OnWithout", "Part",
    "Percent", "Period", "Place", "PoolInfo", "PublishMqtt", "Quiet", "RequestMusic", "Rule",
    "SendPush", "SetAttribute", "SetLight", "SetMood", "SetStatus", "Source", "Stage", "TakeTag",
    "TellStaff", "TimeOfDay", "Trigger", "Variant", "Venue", "WhilePresent", "Window",
    "WriteRecord",
]  # fmt: skip
