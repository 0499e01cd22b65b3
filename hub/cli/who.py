"""Whom and when somebody means on the command line."""

import re
from datetime import datetime, tzinfo
from typing import Final

from hub.config import ConfigFault
from hub.core import document as doc
from hub.core.spans import instant_ms, local, parse_local
from hub.store import Store
from hub.store.past import Past

MINUTE_END_MS: Final = 59_999
SECOND_END_MS: Final = 999
SHOWN_MAX: Final = 8

_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")


def find_person(store: Store, text: str) -> str:
    """The person with that id, badge, e-mail or name.

    Raises:
        ConfigFault: nobody, or more than one; the text says who could be meant.
    """
    if store.people.get(text) is not None:
        return text
    holder = store.people.by_badge(text)
    if holder is not None:
        return holder
    found = store.people.search(text)
    wanted = text.strip().lower()
    exact = [one for one in found if wanted in (one.name.lower(), (one.email or "").lower())]
    chosen = exact or found
    if len(chosen) == 1:
        return chosen[0].person
    if not chosen:
        if store.load_people([text]):
            return text
        raise ConfigFault(f"nobody has the id, badge, name or e-mail {text!r}")
    listed = ", ".join(f"{one.name} ({one.person})" for one in chosen[:SHOWN_MAX])
    raise ConfigFault(f"{text!r} may be {len(chosen)} people: {listed}; say the id")


def meant(store: Store, text: str) -> str:
    """What to ask about: a badge as it is, since others may have held it, else the person's id.

    Raises:
        ConfigFault: nobody, or more than one; the text says who could be meant.
    """
    past = Past(store.database, store.event)
    is_id = store.people.get(text) is not None or bool(store.load_people([text]))
    if not is_id and (past.leases(text) or past.held(text)):
        return text
    return text if is_id else find_person(store, text)


def parse_instant(text: str, event: doc.EventInfo, zone: tzinfo, now_ms: int) -> int:
    """Unix milliseconds of ``2026-10-08T10:42``, ``10:42``, ``now``, or a number of them.

    A time of day is that of now's day at the venue, or of the event's nearest day when now is
    outside it. A minute is meant up to its end, a second too.

    Raises:
        ConfigFault: not of these forms.
    """
    text = text.strip()
    if text == "now":
        return now_ms
    if text.isdigit():
        return int(text)
    match = _CLOCK.match(text)
    if match is None:
        return _full(text, zone)
    starts_ms, ends_ms = parse_local(event.starts, zone), parse_local(event.ends, zone)
    day = local(min(max(now_ms, starts_ms), ends_ms), zone)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    try:
        moment = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError as error:
        raise _unreadable(text) from error
    return instant_ms(moment) + (SECOND_END_MS if match[3] else MINUTE_END_MS)


def _full(text: str, zone: tzinfo) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(text) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    has_seconds = text.count(":") > 1 or bool(moment.second)
    return instant_ms(moment) + (SECOND_END_MS if has_seconds else MINUTE_END_MS)


def _unreadable(text: str) -> ConfigFault:
    return ConfigFault(
        f"--at {text!r}: write a time of the venue as 2026-10-08T10:42 or 10:42, or Unix "
        "milliseconds"
    )
