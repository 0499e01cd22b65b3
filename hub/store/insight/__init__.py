"""Reads for those who run an event: counts, movements, pages of rows. Nothing here writes."""

from hub.store.insight.pages import Pages
from hub.store.insight.reads import InsightReads
from hub.store.insight.values import (
    ActionCount,
    DecisionCount,
    DecisionLine,
    EdgeLine,
    Member,
    Move,
    PersonLine,
    RewardLine,
)

__all__ = [
    "ActionCount",
    "DecisionCount",
    "DecisionLine",
    "EdgeLine",
    "InsightReads",
    "Member",
    "Move",
    "Pages",
    "PersonLine",
    "RewardLine",
]
