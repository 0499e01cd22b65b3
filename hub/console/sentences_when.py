"""What makes a rule true is said as what follows the word when."""

from collections.abc import Mapping

from hub.console import words
from hub.console.sentences_parts import named, somewhere, window_said
from hub.core import document as d

Names = Mapping[str, str]


def trigger_said(when: d.Trigger, places: Names) -> str:  # noqa: PLR0911 - one for each kind
    """Say a trigger."""
    match when:
        case d.OnTap():
            return f"somebody taps at {named(when.place, places)}"
        case d.OnVisit() | d.OnVisits() | d.OnDistinct() | d.OnDwell() | d.OnSequence():
            return _visiting(when, places)
        case d.OnWithout() | d.OnAbsent() | d.OnLeft() | d.OnLeftVenue():
            return _leaving(when, places)
        case d.OnAudience() | d.OnAttribute() | d.OnConsent() | d.OnRedeemed() | d.OnPoints():
            return _profile(when)
        case d.OnOccupancy():
            return _occupancy(when, places)
        case d.WhilePresent():
            return f"people are at {named(when.place, places)} (looked at every {when.every})"
        case d.OnSchedule():
            return _schedule(when)
        case d.OnRule(after="0s"):
            return f"the rule {when.rule} has fired for somebody"
        case d.OnRule():
            return f"{when.after} have passed since the rule {when.rule} fired for somebody"
        case d.OnButton():
            return f"the button {when.button} is pressed about {_about(when.about)}"
        case d.OnCall():
            return f"another system calls {when.call} about {_about(when.about)}"


def _visiting(
    when: d.OnVisit | d.OnVisits | d.OnDistinct | d.OnDwell | d.OnSequence, places: Names
) -> str:
    match when:
        case d.OnVisit(at_least=None):
            return f"somebody visits {somewhere(when.place, when.group, places)}"
        case d.OnVisit():
            where = somewhere(when.place, when.group, places)
            return f"somebody has been at {where} for {when.at_least}"
        case d.OnVisits():
            where = somewhere(when.place, when.group, places)
            nth = f"the {words.ordinal(when.count)} visit"
            return f"{nth} to {where} {window_said(when.within)} begins"
        case d.OnDistinct(count=None):
            return f"all of the {when.group} have been visited {window_said(when.within)}"
        case d.OnDistinct():
            many = f"{when.count} different {when.group}"
            return f"{many} have been visited {window_said(when.within)}"
        case d.OnDwell():
            where = named(when.place, places)
            return f"somebody has spent {when.at_least} in all at {where}"
        case d.OnSequence():
            first, then = named(when.first, places), named(when.then, places)
            return f"somebody visits {then} after {first} {window_said(when.within)}"


def _leaving(when: d.OnWithout | d.OnAbsent | d.OnLeft | d.OnLeftVenue, places: Names) -> str:
    match when:
        case d.OnWithout():
            first, then = named(when.first, places), named(when.then, places)
            return f"somebody visited {first} and has not come to {then} within {when.within}"
        case d.OnAbsent(for_=None):
            where = somewhere(when.place, when.group, places)
            return f"somebody has not visited {where} by {when.by or 'then'}"
        case d.OnAbsent():
            where = somewhere(when.place, when.group, places)
            return f"somebody has not visited {where} for {when.for_}"
        case d.OnLeft():
            where = somewhere(when.place, when.group, places)
            return f"somebody leaves {where}" + (
                f" after at least {when.at_least}" if when.at_least else ""
            )
        case d.OnLeftVenue():
            return "somebody has left the venue"


def _profile(
    when: d.OnAudience | d.OnAttribute | d.OnConsent | d.OnRedeemed | d.OnPoints,
) -> str:
    match when:
        case d.OnAudience(change="entered"):
            return f"somebody comes into the audience {when.audience}"
        case d.OnAudience():
            return f"somebody goes out of the audience {when.audience}"
        case d.OnAttribute():
            return f"somebody's {when.name} changes"
        case d.OnConsent():
            return f"somebody {'gives' if when.given else 'withdraws'} consent to {when.purpose}"
        case d.OnRedeemed(pool=None):
            return "a reward is handed over"
        case d.OnRedeemed():
            return f"a reward of {when.pool} is handed over"
        case d.OnPoints():
            return f"somebody's points reach {when.at_least}"


def _occupancy(when: d.OnOccupancy, places: Names) -> str:
    whom = f" of the audience {when.audience}" if when.audience else ""
    where = named(when.place, places)
    again = f" (again after it was at {when.until})" if when.until is not None else ""
    if when.at_least is not None:
        return f"the number of people{whom} at {where} rises to {when.at_least}{again}"
    return f"the number of people{whom} at {where} falls to {when.at_most}{again}"


def _schedule(when: d.OnSchedule) -> str:
    said = [f"it is {when.at.replace('T', ' ')}"] if when.at else []
    said += [f"it is {when.daily} on any day"] if when.daily else []
    said += [f"another {when.every} of the event have passed"] if when.every else []
    said += [f"the clock matches \u201c{when.cron}\u201d"] if when.cron else []
    each = {None: "", "everyone": ", for everyone"}
    whom = each.get(when.each, f", for each member of {when.each}")
    return (" or ".join(said) or "its time has come") + whom


def _about(about: str) -> str:
    return "somebody" if about == "person" else "the venue"
