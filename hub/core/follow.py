"""What follows from who is at a place: the colours of its lamps and the wishes for its DJ."""

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from hub.core import document as doc
from hub.core.music import MusicSettings, Played, Wish, rank, satisfied_by
from hub.core.outcome import Action, Clause, Decision
from hub.core.plan import CompiledRule
from hub.core.spans import duration_ms
from hub.core.state import PLAYS_KEPT_MAX, Play, Presence, Shown, Timer, Wanted, Zone
from hub.core.world import Draft

MUSIC = MusicSettings()
DARK = "#000000"


def palette(colours: Iterable[str], lamps: int) -> list[str]:
    """Share ``lamps`` out over the colours by how many wear them (largest remainders).

    The commonest comes first, ties by name; without anybody's colour there is nothing to show.
    """
    counted = Counter(colour.lower() for colour in colours)
    total = sum(counted.values())
    if not total:
        return []
    shares = {colour: lamps * count / total for colour, count in counted.items()}
    given = {colour: int(share) for colour, share in shares.items()}
    by_remainder = sorted(shares, key=lambda c: (given[c] - shares[c], -counted[c], c))
    for colour in by_remainder[: lamps - sum(given.values())]:
        given[colour] += 1
    order = sorted(given, key=lambda colour: (-counted[colour], colour))
    return [colour for colour in order for _ in range(given[colour])]


def changed(draft: Draft, place: str) -> None:
    """Somebody came, went or changed their wishes: show it now, or as soon as it may be shown."""
    for compiled in draft.world.rules.follows.get(place, ()):
        key = f"show:{compiled.name}"
        shown = draft.zone(place).shown.get(compiled.name)
        if shown is None or shown.at_ms + compiled.every_ms <= draft.now_ms:
            draft.cancel_timer(key)
            show(draft, compiled, place)
            continue
        if key not in draft.world.timers or key in draft.timers_cancelled:
            due_ms = shown.at_ms + compiled.every_ms
            draft.set_timer(Timer(key, due_ms, "show", compiled.name, place=place))


def show(draft: Draft, compiled: CompiledRule, place: str) -> None:
    """Send what a rule shows of a place if it is different from what it showed last."""
    for index, act in enumerate(compiled.rule.then):
        if isinstance(act, doc.SetMood):
            _mood(draft, compiled, place, act, index)
        else:
            assert isinstance(act, doc.RequestMusic), "the compiler lets nothing else follow places"
            _music(draft, compiled, place, act, index)


def _mood(draft: Draft, compiled: CompiledRule, place: str, act: doc.SetMood, index: int) -> None:
    present = draft.zone(place).present.values()
    colours = palette((p.colour for p in present if p.colour), len(act.lamps))
    body: dict[str, object] = {
        "op": "mood", "lamps": act.lamps, "source": compiled.name, "priority": act.priority,
        "colours": colours or [DARK],
    }  # fmt: skip
    count = sum(1 for p in present if p.colour)
    said = f"{place} takes the colours of {count} people"
    _send(draft, compiled, place, ("lights", body, duration_ms(act.max_age)), said, index)


def _music(
    draft: Draft, compiled: CompiledRule, place: str, act: doc.RequestMusic, index: int
) -> None:
    zone = with_queue(draft.zone(place), draft.now_ms)
    draft.put(zone)
    entries = [{"artist": w.artist, "wanted_by": w.wanted_by, "score": w.score} for w in zone.queue]
    body: dict[str, object] = {"op": "ranking", "zone": place, "entries": entries}
    top = zone.queue[0] if zone.queue else None
    said = f"{top.artist} is wanted by {top.wanted_by}" if top else "nobody wishes for music"
    _send(draft, compiled, place, ("music", body, duration_ms(act.max_age)), said, index)
    if act.ask_every is not None:
        _ask(draft, compiled, place, act, duration_ms(act.ask_every))


def _ask(
    draft: Draft, compiled: CompiledRule, place: str, act: doc.RequestMusic, every_ms: int
) -> None:
    """Ask a player for the best wish that was not asked for lately, if it is time to."""
    zone, now_ms = draft.zone(place), draft.now_ms
    asked = {who: at_ms for who, at_ms in zone.asked.items() if at_ms > now_ms - MUSIC.repeat_ms}
    wish = next((wanted for wanted in zone.queue if wanted.artist not in asked), None)
    if wish is None or any(at_ms > now_ms - every_ms for at_ms in asked.values()):
        return
    draft.put(replace(zone, asked={**asked, wish.artist: now_ms}))
    body: dict[str, object] = {
        "op": "request", "zone": place, "artist": wish.artist, "wanted_by": wish.wanted_by,
        "reason": wish.reason,
    }  # fmt: skip
    said = f"{wish.artist} is asked for, {wish.reason}"
    effect = ("music", body, duration_ms(act.max_age))
    _act(draft, compiled, place, effect, f"{compiled.name}/{place}/{draft.pos}/ask", said, None)


def _send(
    draft: Draft,
    compiled: CompiledRule,
    place: str,
    effect: tuple[str, dict[str, object], int],
    said: str,
    index: int,
) -> None:
    connector, body, _ = effect
    zone = draft.zone(place)
    content = repr(body.get("colours") or [wanted.artist for wanted in zone.queue])
    slot = compiled.name if index == 0 else f"{compiled.name}#{index}"
    earlier = zone.shown.get(slot)
    shown = {**zone.shown, slot: Shown(draft.now_ms, content)}
    draft.put(replace(zone, shown=shown))
    if earlier is not None and earlier.content == content:
        return
    key = f"{slot}/{place}/{draft.pos}"
    _act(draft, compiled, place, effect, key, said, f"{connector}:{place}:{slot}")


def _act(
    draft: Draft,
    compiled: CompiledRule,
    place: str,
    effect: tuple[str, dict[str, object], int],
    key: str,
    said: str,
    coalesce: str | None,
) -> None:
    connector, body, max_age_ms = effect
    present = len(draft.zone(place).present)
    draft.actions.append(
        Action(
            key=key, connector=connector, body=body, rule=compiled.name, person=None,
            cause_ms=draft.now_ms, expires_ms=draft.expiry_ms(draft.now_ms, max_age_ms),
            coalesce=coalesce,
        )
    )  # fmt: skip
    draft.decisions.append(
        Decision(
            key=key, rule=compiled.name, version=draft.world.rules.version, person=None,
            place=place, at_ms=draft.now_ms, outcome="fired", reason=said,
            clauses=[Clause(f"people at {place}", held=True, saw=str(present))],
            actions=[f"{connector}: {said}"],
            pos=draft.pos,
        )
    )  # fmt: skip


def with_queue(zone: Zone, now_ms: int) -> Zone:
    """The place with its music queue worked out anew."""
    present = {person: p.artists for person, p in zone.present.items() if p.artists}
    played = [Played(play.artist, play.at_ms, play.persons) for play in zone.plays]
    arrived = {person: p.since_ms for person, p in zone.present.items()}
    wishes = rank(present, played, now_ms, MUSIC, arrived)
    return replace(zone, queue=tuple(_wanted(wish) for wish in wishes))


def _wanted(wish: Wish) -> Wanted:
    return Wanted(wish.artist, wish.wanted_by, round(wish.score, 3), wish.reason)


def played(draft: Draft, place: str, artist: str, at_ms: int, *, skipped: bool) -> None:
    """Note what the DJ played or skipped, and work the queue out anew."""
    zone = draft.zone(place)
    present: dict[str, tuple[str, ...]] = {p: seen.artists for p, seen in zone.present.items()}
    persons = () if skipped else satisfied_by(present, artist)
    plays = (*zone.plays, Play(artist, at_ms, persons, skipped))[-PLAYS_KEPT_MAX:]
    draft.put(with_queue(replace(zone, plays=plays), draft.now_ms))
    changed(draft, place)


def joined(draft: Draft, place: str, person: str, presence: Presence) -> None:
    """Somebody is at the place, or their wishes changed while they are."""
    zone = draft.zone(place)
    if zone.present.get(person) != presence:
        draft.put(replace(zone, present={**zone.present, person: presence}))
        changed(draft, place)


def went(draft: Draft, place: str, person: str) -> None:
    """Somebody is no longer at the place."""
    zone = draft.zone(place)
    if person in zone.present:
        rest = dict(zone.present)
        del rest[person]
        draft.put(replace(zone, present=rest))
        changed(draft, place)
