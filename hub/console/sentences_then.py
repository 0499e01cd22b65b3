"""What a rule does is said in a few words, one for each action."""

from hub.core import document as d


def act_said(act: d.Act) -> str:  # noqa: PLR0911 - one for each kind
    """Say an action."""
    match act:
        case d.GiveReward():
            return f"give \u201c{act.title}\u201d"
        case d.SendPush():
            return f"write \u201c{act.title}\u201d"
        case d.TellStaff():
            return f"tell staff \u201c{act.title}\u201d"
        case d.SetLight() | d.SetMood() | d.RequestMusic():
            return _senses(act)
        case d.CallWebhook():
            return f"call the webhook {act.target}"
        case d.PublishMqtt():
            return f"publish to {act.topic}"
        case d.WriteRecord():
            return f"write their record to {act.target}"
        case d.FollowUp():
            later = ", ".join(map(act_said, act.then)) or "nothing"
            return f"{'at ' + act.at if act.at else 'after ' + (act.after or 'a while')}: {later}"
        case d.CancelFollowUp():
            return f"take back what {act.rule} would still do"
        case _:
            return _profile(act)


def _senses(act: d.SetLight | d.SetMood | d.RequestMusic) -> str:
    match act:
        case d.SetLight():
            colour = "their colour" if act.colour.startswith("{") else act.colour
            return f"turn {act.lamp} to {colour} for {act.hold}"
        case d.SetMood():
            return f"spread the colours of those there over {len(act.lamps)} lamps"
        case d.RequestMusic(ask_every=None):
            return "ask the DJ for their music"
        case d.RequestMusic():
            return f"ask for their music, at most every {act.ask_every}"


def _profile(
    act: d.GiveTag | d.TakeTag | d.SetAttribute | d.AddPoints | d.AwardHonour | d.SetStatus
    | d.EnterDraw,
) -> str:  # fmt: skip
    match act:
        case d.GiveTag():
            return f"tag {act.tag}"
        case d.TakeTag():
            return f"take the tag {act.tag} away"
        case d.SetAttribute(value=None):
            return f"forget their {act.attribute}"
        case d.SetAttribute():
            return f"note {act.value} as their {act.attribute}"
        case d.AddPoints():
            return f"{act.points:+d} points"
        case d.AwardHonour():
            return f"award {act.honour}"
        case d.SetStatus():
            return f"make them {act.status}"
        case d.EnterDraw():
            return f"into the draw {act.draw}"
