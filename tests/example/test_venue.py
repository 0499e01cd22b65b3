"""The document says nothing that is not there."""

from collections.abc import Iterable
from typing import Any

import msgspec
import yaml

from hub.core import document as doc
from tests.example.conftest import MARTECH


def acts(of: Iterable[doc.Act]) -> list[doc.Act]:
    found: list[doc.Act] = []
    for act in of:
        found.append(act)
        if isinstance(act, doc.FollowUp):
            found.extend(acts(act.then))
    return found


def all_acts(venue: doc.Venue) -> list[doc.Act]:
    return [act for rule in venue.rules for act in acts(rule.then)]


def test_it_is_the_whole_document_and_nothing_else(venue: doc.Venue) -> None:
    written: dict[str, Any] = yaml.safe_load((MARTECH / "venue.yaml").read_text(encoding="utf-8"))
    again = msgspec.convert(msgspec.to_builtins(venue), doc.Venue)
    assert again == venue
    assert set(written) == {
        "event", "places", "edges", "pools", "lamps", "audiences", "caps", "quiet", "rules",
    }  # fmt: skip


def test_names_are_used_once(venue: doc.Venue) -> None:
    for names in (
        [place.id for place in venue.places],
        [edge.name for edge in venue.edges],
        [pool.id for pool in venue.pools],
        [rule.name for rule in venue.rules],
        venue.lamps,
    ):
        assert len(names) == len(set(names))


def test_places_that_edges_pools_and_rules_name_exist(venue: doc.Venue) -> None:
    places = {place.id for place in venue.places}
    groups = {group for place in venue.places for group in place.groups}
    for edge in venue.edges:
        assert set(edge.readers.values()) <= places
    for pool in venue.pools:
        assert pool.redeem_at in places
    for rule in venue.rules:
        if isinstance(rule.when, doc.OnDistinct):
            assert rule.when.group in groups
        elif hasattr(rule.when, "place"):
            assert rule.when.place in places


def test_each_place_has_one_edge(venue: doc.Venue) -> None:
    read = [place for edge in venue.edges for place in edge.readers.values()]
    assert sorted(read) == sorted(place.id for place in venue.places)


def test_pools_and_lamps_that_rules_name_exist_and_each_is_used(venue: doc.Venue) -> None:
    pools = {act.pool for act in all_acts(venue) if isinstance(act, doc.GiveReward)}
    lit = {act.lamp for act in all_acts(venue) if isinstance(act, doc.SetLight)}
    moods = [act.lamps for act in all_acts(venue) if isinstance(act, doc.SetMood)]
    assert pools == {pool.id for pool in venue.pools}
    assert lit | {lamp for lamps in moods for lamp in lamps} == set(venue.lamps)


def test_there_are_six_sponsors(venue: doc.Venue) -> None:
    assert sum("sponsors" in place.groups for place in venue.places) == 6


def test_each_rule_says_in_a_sentence_what_it_does(venue: doc.Venue) -> None:
    for rule in venue.rules:
        assert rule.text.endswith("."), rule.name


def test_rewards_are_given_once(venue: doc.Venue) -> None:
    for rule in venue.rules:
        if any(isinstance(act, doc.GiveReward) for act in acts(rule.then)):
            assert rule.limit.once, rule.name


def test_texts_name_attributes_that_everybody_has(venue: doc.Venue) -> None:
    for act in all_acts(venue):
        if isinstance(act, doc.SendPush | doc.GiveReward):
            filled = (act.title + act.text).format(first_name="Ada", company="Ada & Co.")
            assert "{" not in filled
