"""``foyer recommend``: where somebody might go next, and why."""

from typing import Annotated

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


def recommend(
    person: Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")],
    group: Annotated[
        list[str] | None, typer.Option(help="Only places of this group; may be given again.")
    ] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """Say where a person might go next, and why; nothing for who did not consent to it."""
    from contract.clock import SystemClock
    from hub.cli.who import find_person
    from hub.recommending.service import Recommending
    from hub.recommending.settings import RecommendSettings

    with opened(data, config) as (home, store):
        settings = RecommendSettings(groups=tuple(group or ()))
        service = Recommending(store, home.clock(), SystemClock(), settings)
        found = service.for_person(find_person(store, person))
        if as_json:
            show_json(found)
            return
        names = service.places()
        if not found:
            screen().print("nothing: no consent to recommendations, or nothing left to see")
            return
        rows = [(names[one.place], one.because) for one in found]
        show_table("", ("place", "because"), rows)
