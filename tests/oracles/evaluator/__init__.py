"""Every decision, worked out by scanning all that is known anew for each question.

It is slow on purpose and shares no line with the engine: only the types of documents and of events.
Facts are told in the order in which they became known; the clock runs in between. Where the meaning
leaves an order open, this is how it is settled here:

- What becomes known at an instant is told before anything that falls due at that very instant; what
  fell due before is done first, even when only a late fact made it fall due.
- Each thing that falls due is a step of its own. Of several at one instant any order is right: the
  evaluator follows the ``hint`` it is given, so that another engine's order can be judged.
- In one round rules are decided in the order of their causes, then as they are written, an
  exclusion group where its first stands; those after see what those before did.
- Conditions and caps are asked as of the effective now; when something falls due, as of its due
  instant. A fact changes a membership only when the condition comes out otherwise because of it;
  what time alone changes at that instant falls due after it.
- Absences of one length that somebody's first visit began are one step, and so is a dwell that is
  complete on coming back.
- Who was merged is followed by each id alone until then; from then on there is one place.
- A publication makes no rule true for what lies in the past, unless that is asked for; then all
  rules are true for all visits so far, and for members as of now, but where they fired already.
- A merge fires the visits, tours and sequences that the two have only together, dated at the
  crossing; what would have fallen due before it does not. An unmerge fires nothing. After both,
  audiences are looked at as after any event.
- A cap per person, of a rule about the venue, counts what was done about the venue.
- A change of an audience, and of how many are somewhere, is dated at the effective now; all else at
  its cause.
- A rule that waits for another to have fired counts what it did since the two were published so.
- A dwell is reached once: when leaving turns out to have been earlier, what was decided stays.
- What is given twice was given once, the first time.
- Who waits for a stay to last when its rule is published with another length is asked when it was
  due, if nothing of the rule of today lies ahead, they are still there and that rule is true then.
  An absence of who was never there, due at the very instant of publishing, is judged by the rules
  of today.
- What is due at an instant is asked once: what becomes known later and changes nothing about when
  it is due does not have it asked again.
- Of who is forgotten nothing remains but what pools and the event as a whole have counted; a badge
  that somebody else had as well was nobody's while it was theirs.
- Quiet hours are judged at the real now: ``drop`` before ``inbox`` before ``hold``, until outside
  of all; what expires by then is dropped. They end with the last time the clock shows their end.
- Nothing is handed over to, or called about, somebody of whom nothing is known.
- Registrations and moves of one person become known in the order of their instants.
"""

from tests.oracles.evaluator.engine import Evaluator
from tests.oracles.evaluator.verdicts import Verdict

__all__ = ["Evaluator", "Verdict"]
