"""What a desk says of somebody becomes one checked value, or one clear sentence."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from contract.limits import BADGE_CHARS_MAX
from hub.core.events import Value
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.people.purposes import KNOWN
from hub.store.people import NewPerson
from hub.web.errors import BadInput

CONSENTS: Final = tuple(KNOWN)
"""What somebody can consent to, whatever the venue's document asks for besides."""
FIELD_CHARS_MAX: Final = 300
OWN_COLUMNS: Final = ("name", "email", "phone", "company", "badge", "consents", "key")
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def checked(
    raw: Mapping[str, str], source: str = "", purposes: Collection[str] = CONSENTS
) -> NewPerson:
    """Make a value of one row; ``first_name`` and ``last_name`` serve where there is no ``name``.

    Columns that are not the desk's own become attributes. ``consents`` and the artists are
    separated by ``;``, and ``purposes`` are those that there are. With ``source`` the row's key,
    badge or e-mail makes registering it twice harmless.

    Raises:
        BadInput: the text names the column.
    """
    row = {key.strip(): value.strip() for key, value in raw.items() if key and value}
    for column, value in row.items():
        if len(value) > FIELD_CHARS_MAX:
            raise BadInput(f"{column} is over {FIELD_CHARS_MAX} characters")
    name = row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    if not name:
        raise BadInput("a name is needed")
    key = row.get("key") or row.get("badge") or row.get("email")
    return NewPerson(
        name=name,
        email=row.get("email"),
        phone=row.get("phone"),
        company=row.get("company"),
        attributes=_attributes(row, name),
        consents=_consents(row.get("consents", ""), purposes),
        badge=_badge(row.get("badge")),
        source_key=f"{source}/{key}" if source and key else None,
    )


def _attributes(row: Mapping[str, str], name: str) -> dict[str, Value]:
    extra: dict[str, Value] = {k: v for k, v in row.items() if k not in OWN_COLUMNS}
    extra.setdefault("first_name", name.partition(" ")[0])
    colour = row.get(COLOUR_ATTRIBUTE)
    if colour is not None and not _COLOUR.match(colour):
        raise BadInput(f"a colour is written #rrggbb, not {colour!r}")
    artists = [one.strip() for one in row.get(ARTISTS_ATTRIBUTE, "").split(";") if one.strip()]
    if artists:
        extra[ARTISTS_ATTRIBUTE] = artists
    return extra


def _consents(written: str, purposes: Collection[str]) -> list[str]:
    found = [one.strip() for one in written.split(";") if one.strip()]
    for one in found:
        if one not in purposes:
            raise BadInput(f"{one!r} is not something to consent to: {', '.join(purposes)}")
    return found


def _badge(badge: str | None) -> str | None:
    if badge is not None and len(badge) > BADGE_CHARS_MAX:
        raise BadInput(f"a badge has at most {BADGE_CHARS_MAX} characters")
    return badge
