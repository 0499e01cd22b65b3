"""Runs a history through the evaluator, and says what came of it."""

from tests.core_histories.history import History, Publish, Told, read
from tests.oracles.evaluator import Evaluator
from tests.oracles.evaluator.engine import Hint, in_order


def run(history: History, hint: Hint = in_order) -> Evaluator:
    """Tell the whole history and let the clock run to its end."""
    evaluator = Evaluator(read(history.venue), history.begins_ms, history.ends_ms, hint)
    for step in history.steps:
        match step:
            case Told(now_ms, event, key):
                evaluator.know(event, now_ms, key)
            case Publish(now_ms, venue, past):
                evaluator.publish(read(venue), now_ms, past=past)
    evaluator.pass_to(history.ends_ms)
    return evaluator
