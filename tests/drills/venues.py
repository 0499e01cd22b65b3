"""The venues on which the drills are held."""

from typing import Final

from hub.core import document as doc

EVENT: Final = "drill"
INFO: Final = doc.EventInfo(
    id=EVENT, name="A drill", zone="Europe/Berlin", starts="2024-01-01T00:00",
    ends="2040-01-01T00:00",
)  # fmt: skip
REWARD: Final = doc.GiveReward(pool="card", title="Third time", text="Here you are")


def stands(count: int, stock: int) -> doc.Venue:
    """So many stands, each with a Pi; the third tap anywhere is rewarded, once for each person.

    Each tap gives a point. Whoever is at the lounge has their music asked for.
    """
    places = [
        doc.Place(id=f"stand-{n}", name=f"Stand {n}", groups=["all"], visits_by="tap")
        for n in range(count)
    ]
    lounge = doc.Place(id="lounge", name="Lounge", visits_by="presence")
    return doc.Venue(
        event=INFO,
        places=[*places, lounge],
        edges=[
            *(doc.Edge(name=f"pi-{n}", readers={"*": f"stand-{n}"}) for n in range(count)),
            doc.Edge(name="pi-lounge", readers={"*": "lounge"}),
        ],
        pools=[doc.PoolInfo(id="card", title="A card", stock=stock)],
        rules=[
            doc.Rule(
                name="third",
                when=doc.OnVisits(count=3, group="all"),
                then=[REWARD],
                limit=doc.Limit(once=True),
            ),
            *(
                doc.Rule(
                    name=f"point-{n}",
                    when=doc.OnTap(place=f"stand-{n}"),
                    then=[doc.AddPoints(points=1)],
                )
                for n in range(count)
            ),
            doc.Rule(
                name="lounge-music",
                when=doc.WhilePresent(place="lounge", every="1s"),
                then=[doc.RequestMusic()],
            ),
        ],
    )
