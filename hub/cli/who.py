"""Whom and when somebody means on the command line."""

from datetime import tzinfo
from typing import Final

from hub.config import ConfigFault
from hub.core import document as doc
from hub.core.errors import RulesFault
from hub.core.explaining.instants import asked_ms
from hub.store import Store
from hub.store.past import Past

SHOWN_MAX: Final = 8


def find_person(store: Store, text: str) -> str:
    """The person with that id, badge, e-mail or name.

    Raises:
        ConfigFault: nobody, or more than one; the text says who could be meant.
    """
    if store.people.get(text) is not None:
        return store.resolve(text)
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
    """Unix milliseconds of what ``--at`` says: :func:`hub.core.explaining.instants.asked_ms`.

    Raises:
        ConfigFault: it is of none of the forms.
    """
    try:
        return asked_ms(text, event, zone, now_ms)
    except RulesFault as fault:
        raise ConfigFault(f"--at {fault}") from fault
