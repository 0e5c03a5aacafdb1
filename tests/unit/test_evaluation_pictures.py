"""The pictures: drawings alone, and the figures are in them."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from triage.domain.classification import Classification
from triage.domain.vocabulary import Channel, Kind
from triage.language.corpus import Example
from triage.language.evaluation.calibration import calibrate
from triage.language.evaluation.measures import Answer, measure
from triage.language.evaluation.pictures import confusion, draw, reliability

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


PICTURES = {
    "reliability": reliability(calibrate([(0.9, True), (0.1, False)]), calibrate([(0.4, True)])),
    "nothing to show": reliability(calibrate([]), calibrate([])),
    "confusion": confusion({("access", "access"): 31, ("access", "none"): 2}),
    "no confusion": confusion({}),
}


@pytest.mark.parametrize("svg", PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_runs_nothing_and_fetches_nothing(svg: bytes) -> None:
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    for node in root.iter():
        assert node.tag.rpartition("}")[2] not in {"script", "image", "foreignObject", "use"}
        assert not [name for name in node.attrib if name.lower().startswith("on") or "href" in name]
    source = svg.decode()
    assert "xml-stylesheet" not in source
    assert "@import" not in source
    assert "url(" not in source
    assert source.count("http") == source.count("http://www.w3.org/")


def test_the_same_figures_give_the_same_bytes() -> None:
    assert PICTURES["confusion"] == confusion({("access", "access"): 31, ("access", "none"): 2})
    assert PICTURES["nothing to show"] == reliability(calibrate([]), calibrate([]))


def test_counts_stand_in_the_dots_and_errors_in_the_legend() -> None:
    assert [text for text in texts(PICTURES["confusion"]) if text.isdigit()] == ["31", "2"]
    assert "any request (error 0.600)" in " ".join(texts(PICTURES["reliability"]))


def test_the_drawing_library_leaves_no_import_hook_behind() -> None:
    assert not [finder for finder in sys.meta_path if not hasattr(finder, "find_spec")]


def test_both_are_written_into_a_folder_made_for_them(tmp_path: Path) -> None:
    example = Example(id="m", writer="w", channel=Channel.CHAT, subject="", text="hi", kinds=())
    read = Classification(kinds=(), scores=dict.fromkeys(Kind, 0.1), needs_person=False, request_score=0.1)
    paths = draw(measure([Answer(example=example, read=read)]), tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["reliability.svg", "confusion.svg"]
    assert all(path.read_bytes().startswith(b"<?xml") for path in paths)
