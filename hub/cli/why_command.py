"""``foyer why``: the answer, and the clauses with what they saw."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    screen,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.core.compiled import Compiled
    from hub.core.explain import Explanation

ANSWERS = {"fired": "yes", "suppressed": "suppressed", "no": "no"}


def why(
    person: Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")],
    rule: Annotated[str, typer.Argument(help="Name of the rule.")],
    at: Annotated[
        str | None,
        typer.Option(help="Instant that is meant: 2026-10-08T10:42 or 10:42 at the venue, or Unix "
                     "milliseconds. Without it the last decision answers, or now does."),
    ] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say why a rule did what it did for a person, or nothing, clause by clause."""
    from hub.answers import Answers
    from hub.cli.who import find_person, parse_instant

    with opened(data, config) as (home, store):
        clock = home.clock()
        answers = Answers(store, clock)
        who = find_person(store, person)
        rules = answers.rules_at(None)
        at_ms = None
        if at is not None:
            at_ms = parse_instant(at, rules.venue.event, rules.zone, clock.wall_ms())
        found = answers.why(who, rule, at_ms)
        if as_json:
            show_json(found)
            return
        info = store.people.get(who)
        _show(found, info.name if info else who, rules)


def _show(found: "Explanation", name: str, rules: "Compiled") -> None:
    from hub.core.spans import local

    when = f"{local(found.at_ms, rules.zone):%Y-%m-%d %H:%M:%S}"
    out = screen()
    out.print(f"{name}, rule {found.rule} (version {found.version}), {when}")
    out.print(f"{ANSWERS[found.answer]}: {found.reason}")
    if found.clauses:
        rows = [("yes" if one.held else "no", one.text, one.saw) for one in found.clauses]
        show_table("", ("holds", "clause", "saw"), rows)
    for line in found.actions:
        out.print(f"  {line}")
