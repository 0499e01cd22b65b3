"""Somebody is named by an id, a badge or an e-mail, and has to be one person and no other."""

from hub.store.views_web import ROWS_MAX, WebReads
from hub.web.errors import BadInput, NotFound
from hub.web.ports import WebParts


def whom(parts: WebParts, reads: WebReads, name: str) -> str:
    """Return the id of the person who is meant; somebody who was merged is known by their new id.

    Raises:
        NotFound: nobody is called that.
        BadInput: several people are.
    """
    wanted = name.strip()
    if not wanted:
        raise BadInput("name a person: an id, a badge or an e-mail")
    person = parts.store.resolve(wanted)
    if parts.store.load_people([person]) or reads.person(person):
        return person
    found = {row.id for row in reads.people(wanted, ROWS_MAX)
             if wanted in row.badges or wanted.lower() == row.email.lower()}  # fmt: skip
    found |= set(parts.store.load_ids([f"email:{wanted.lower()}"]).values())
    if not found:
        raise NotFound("there is nobody with this id, badge or e-mail")
    if len(found) > 1:
        raise BadInput(f"{len(found)} people have this e-mail: name one by id or badge")
    return found.pop()
