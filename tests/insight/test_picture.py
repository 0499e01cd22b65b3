"""The picture is well-formed, says its figures in words, and its bands are as wide as it says."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from hub.insight.flows import FlowsReport
from hub.insight.journeys import OTHERS, STOPS_MAX, collapsed, report, tally
from hub.insight.picture import BOX_PX, TALLEST_PX, of_flows, of_journeys

SVG = "{http://www.w3.org/2000/svg}"
ROUTES = st.lists(st.lists(st.sampled_from("abcde"), max_size=6), max_size=30)


@given(ROUTES)
def test_everybody_is_drawn(routes: list[list[str]]) -> None:
    found = report(tally(map(collapsed, routes), 4), 4)
    root = ET.fromstring(of_journeys(found, {"a": "A & <B>"}, "Ways"))  # noqa: S314 - ours
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    assert [root[0].attrib["id"], root[1].attrib["id"]] == named
    assert (root[0].text, f"{found.journeys} journeys" in str(root[1].text)) == ("Ways", True)
    bands = root.findall(f"{SVG}path")
    assert len(bands) == len(found.bands)
    scale = TALLEST_PX / max(1, found.journeys)
    for path in bands:
        said = str(path.find(f"{SVG}title").text)  # type: ignore[union-attr]
        y0, y1 = re.findall(r"^M[\d.]+,([\d.]+)|,([\d.]+) Z$", path.attrib["d"])
        width = float(y1[1]) - float(y0[0])
        assert abs(width - int(said.split(maxsplit=1)[0]) * scale) < 0.11
    boxes = [box for box in root.iter(f"{SVG}rect") if box.attrib["width"] == str(BOX_PX)]
    assert len(boxes) == 2 * len(found.stops)
    height = float(root.attrib["height"])
    assert all(float(box.attrib["y"]) + float(box.attrib["height"]) <= height for box in boxes)


def test_flows_and_names() -> None:
    flows = FlowsReport(["bar", "hall"], [[0, 3], [0, 0]], [[0, 4], [0, 0]])
    names = {"bar": "The very long name of a bar & grill"}
    drawn = of_flows(flows, names, "From place to place")
    assert "3 from The very long name of a bar &amp; grill to hall" in drawn
    assert "The very long name of\u2026 3" in drawn
    assert "none yet" in of_flows(FlowsReport(["bar"], [[0]], [[0]]), {}, "Nothing")


def test_rare_places_are_one_box() -> None:
    routes = [(f"place-{n}",) for n in range(STOPS_MAX + 5)]
    found = report(tally(routes, 2), 2)
    assert OTHERS in {stop.place for stop in found.stops}
    assert "other places: 6, 6 ended here" in of_journeys(found, {}, "Ways")
