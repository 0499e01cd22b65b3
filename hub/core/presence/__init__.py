"""Says in which zone each person is, from taps and from sightings of uneven strength.

The way of one sighting: ``tracker`` finds the person's memory; the zone they are in only notes it
(the hot path); another zone's goes to ``contest``, which says whether that zone takes over and
why; ``due`` remembers whom to look at when nothing is heard. ``docs/decisions/0002-presence.md``
has the measurements.
"""

from hub.core.presence.changes import ChangeKind, PresenceChange
from hub.core.presence.settings import CONTACT, PresenceSettings
from hub.core.presence.tracker import Tracker

__all__ = ["CONTACT", "ChangeKind", "PresenceChange", "PresenceSettings", "Tracker"]
