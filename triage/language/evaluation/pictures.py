"""The reliability plot and the picture of confusions, as SVG: no script, nothing loaded from elsewhere."""

import sys
from collections.abc import Mapping
from math import log10
from pathlib import Path
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from triage.domain.vocabulary import Kind
from triage.language.evaluation.calibration import Calibration
from triage.language.evaluation.measures import NONE, Measures

# pygal leaves an import hook of the old kind behind, for plugins of its own that nobody here has. It makes every import
# that finds nothing a warning.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

RELIABILITY = "reliability.svg"
CONFUSION = "confusion.svg"
_WORDS = (*(kind.value for kind in Kind), NONE)
_CSS = (
    "file://style.css",
    "file://graph.css",
    "inline:.axis .guide.line, .axis .major.guide.line { stroke: #dbe1e8; stroke-dasharray: none }"
    " .text-overlay text { text-anchor: middle }",
)
_RIGHT, _WRONG = "#8fbfd6", "#e8a87c"
_LOOKS = {
    "background": "#ffffff",
    "plot_background": "#ffffff",
    "foreground": "#1d2733",
    "foreground_strong": "#1d2733",
    "foreground_subtle": "#c6ced8",
    "font_family": "system-ui, sans-serif",
    "value_font_family": "system-ui, sans-serif",
    "label_font_size": 15,
    "major_label_font_size": 15,
    "legend_font_size": 15,
    "title_font_size": 19,
    "value_font_size": 15,
    "opacity": ".85",
}


def draw(measures: Measures, folder: Path) -> tuple[Path, ...]:
    """Write both pictures into `folder`, which is made where needed, and answer where they are. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        RELIABILITY: reliability(measures.calibration, measures.request_calibration),
        CONFUSION: confusion(measures.confusion),
    }
    for name, svg in pictures.items():
        (folder / name).write_bytes(svg)
    return tuple(folder / name for name in pictures)


def reliability(kinds: Calibration, request: Calibration) -> bytes:
    """How often scores came true against how high they were; a reader that knows itself lies on the grey line."""
    chart = pygal.XY(
        **_common("reliability"),
        style=Style(**_LOOKS, colors=("#9aa5b1", "#0b6e99", "#c2571a")),
        title="Do scores come true?",
        x_title="score given (mean of each tenth)",
        y_title="share that was true",
        range=(0, 1),
        xrange=(0, 1),
        x_labels=[tenth / 10 for tenth in range(0, 11, 2)],
        y_labels=[tenth / 10 for tenth in range(0, 11, 2)],
        dots_size=6,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        truncate_legend=-1,
        x_value_formatter=_tenths,
        value_formatter=_tenths,
    )
    chart.add("as it should be", [(0, 0), (1, 1)], show_dots=False, stroke_style={"dasharray": "6, 6"})
    chart.add(f"the five kinds (error {kinds.error:.3f})", _points(kinds))
    chart.add(f"any request (error {request.error:.3f})", _points(request))
    return _svg(chart)


def confusion(counts: Mapping[tuple[str, str], int]) -> bytes:
    """A row per labelled kind, a column per kind read: a dot's number is the count, its size its share of the row."""
    chart = pygal.Dot(
        **_common("confusion"),
        style=Style(**_LOOKS, colors=(_RIGHT,) * len(_WORDS)),
        title="Labelled (rows) and read (columns)",
        x_labels=[word.replace("_", " ") for word in _WORDS],
        truncate_label=-1,
        range=(0, 1),
        show_legend=False,
        print_values=True,
    )
    for labelled in _WORDS:
        row = {read: counts.get((labelled, read), 0) for read in _WORDS}
        whole = sum(row.values())
        dots = [_dot(count, whole, _RIGHT if read == labelled else _WRONG) for read, count in row.items()]
        chart.add(labelled.replace("_", " "), dots)
    return _svg(chart)


def _common(name: str) -> dict[str, object]:
    """No script; and the same figures give the same bytes."""
    return {
        "js": (),
        "css": _CSS,
        "width": 900,
        "height": 640,
        "no_prefix": True,
        "explicit_size": True,
        "classes": (name,),
    }


def _points(calibration: Calibration) -> list[dict[str, object]]:
    """A point per bin, the bigger the more scores lie in it."""
    return [
        {"value": (one.mean_score, one.share_true), "node": {"r": 3 + 2 * log10(one.count)}} for one in calibration.bins
    ]


def _dot(count: int, whole: int, color: str) -> dict[str, object]:
    # Drawn from a seventh up, so that a single confusion among hundreds is seen; nothing where there is none.
    size = 0.15 + 0.85 * count / whole if count else 0.0
    return {"value": size, "formatter": lambda _: str(count) if count else "", "color": color}


def _svg(chart: "pygal.graph.graph.Graph") -> bytes:
    chart.add_xml_filter(_without_script)
    svg: bytes = chart.render()
    return svg


def _without_script(root: Element) -> Element:
    """The drawing alone: no script, and no comment that names the day it was made."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] == "script":
                parent.remove(child)
    return root


def _tenths(value: float) -> str:
    return f"{value:.2f}"
