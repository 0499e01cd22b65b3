"""``foyer rebuild``: the log is the truth, and what follows from it is made anew."""

from typing import Annotated

import typer

from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, opened, refusal, screen


def rebuild(
    check: Annotated[
        bool, typer.Option("--check", help="Compare what is stored with what the log says, and "
                           "change nothing.")
    ] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Fill state and decisions again from the log, while the engine is stopped.

    What has gone out stays as it is: messages, actions, rewards and their codes.
    """
    from rich.progress import Progress

    from hub.engine import rebuild as part

    with opened(data, config) as (home, store), home.only_one("engine"):
        rows = store.last_pos()
        console = screen(to_error=True)
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("reading the log", total=rows)

            def each(count: int) -> None:
                bar.advance(task, count)

            found = part.differences(store, each)
            if found and not check:
                bar.reset(task, description="writing it down")
                part.rebuild(store, each)
    for sentence in found:
        screen().print(sentence)
    if not found:
        screen().print(f"{rows} events of the log give what is stored")
    elif check:
        raise refusal("what is stored is not what the log says: foyer rebuild")
    else:
        screen().print(f"filled again from {rows} events")
