"""A rule read aloud: when, if, then, how often."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from hub.console import words
from hub.core import document as d

NO_NAMES: Final[Mapping[str, str]] = {}


def sentence(rule: d.Rule, places: Mapping[str, str] = NO_NAMES) -> str:
    """Say what the rule does, as ``When ..., if ...: ... (once for each person).``, in one line.

    ``places`` has the name of each place by its id; one without is called by its id.
    """
    condition = f", if {_condition(rule.if_)}" if rule.if_ else ""
    acts = ", ".join(_act(act) for act in rule.then)
    limit = _limit(rule.limit)
    return f"When {_trigger(_named(rule.when, places))}{condition}: {acts}{limit}."


def _named(when: d.Trigger, places: Mapping[str, str]) -> d.Trigger:
    place: str | None = getattr(when, "place", None)
    return when if place is None else replace(when, place=places.get(place, place))


def _trigger(when: d.Trigger) -> str:
    match when:
        case d.OnTap():
            return f"somebody taps at {when.place}"
        case d.OnVisit(at_least=None):
            return f"somebody visits {when.place}"
        case d.OnVisit():
            return f"somebody has been at {when.place} for {when.at_least}"
        case d.OnVisits():
            nth = f"the {words.ordinal(when.count)} visit"
            return f"{nth} to {when.place or when.group} {_window(when.within)} begins"
        case d.OnDistinct():
            return f"{when.count} different {when.group} have been visited {_window(when.within)}"
        case d.OnDwell():
            return f"somebody has spent {when.at_least} in all at {when.place}"
        case d.WhilePresent():
            return f"people are at {when.place} (looked at every {when.every})"


def _condition(condition: d.Condition) -> str:
    match condition:
        case d.Attribute():
            return f"{condition.name} {_tests(condition)}"
        case d.HasTag():
            return f"tagged {condition.tag}"
        case d.HasConsent():
            return f"consents to {condition.purpose}"
        case d.IsAt():
            return f"at {condition.place}"
        case d.All():
            return "(" + " and ".join(map(_condition, condition.of)) + ")"
        case d.AnyOf():
            return "(" + " or ".join(map(_condition, condition.of)) + ")"
        case d.NoneOf():
            return "not (" + " or ".join(map(_condition, condition.of)) + ")"


def _tests(test: d.Attribute) -> str:
    found = [
        (test.equals, "is {}"),
        (test.one_of, "is one of {}"),
        (test.contains, "contains {}"),
        (test.at_least, "is at least {}"),
        (test.at_most, "is at most {}"),
    ]
    said = [words.format(value) for value, words in found if value is not None]
    return " and ".join(said) or "is anything"


def _act(act: d.Act) -> str:
    match act:
        case d.GiveTag():
            return f"tag {act.tag}"
        case d.AddPoints():
            return f"{act.points:+d} points"
        case d.EnterDraw():
            return f"into the draw {act.draw}"
        case d.GiveReward():
            return f"give \u201c{act.title}\u201d"
        case d.SendPush():
            return f"write \u201c{act.title}\u201d"
        case d.SetLight():
            colour = "their colour" if act.colour.startswith("{") else act.colour
            return f"turn {act.lamp} to {colour} for {act.hold}"
        case d.SetMood():
            return f"spread the colours of those there over {len(act.lamps)} lamps"
        case d.RequestMusic():
            return "ask the DJ for their music"
        case d.FollowUp():
            later = ", ".join(map(_act, act.then))
            return f"{'at ' + act.at if act.at else 'after ' + (act.after or '')}: {later}"


def _limit(limit: d.Limit) -> str:
    said = ["once for each person"] if limit.once else []
    said += [f"at most every {limit.every}"] if limit.every else []
    said += [f"at most {limit.at_most} {_window(limit.within)}"] if limit.at_most else []
    return f" ({', '.join(said)})" if said else ""


def _window(within: str) -> str:
    return "during the event" if within == "event" else f"within {within}"
