"""`python -m bench [PART…] [--json FILE]`: measure, print a table, keep the figures."""

import argparse
import asyncio
import json
import logging
import os
import platform
from dataclasses import asdict
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from bench import console, hook, latency, reading, stages, stores, throughput
from bench.figures import Figure

PARTS = {
    "latency": latency.measure,
    "throughput": throughput.measure,
    "stages": stages.measure,
    "stores": stores.measure,
    "reader": reading.measure,
    "hook": hook.measure,
    "console": console.measure,
}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(figures: list[Figure]) -> Table:
    table = Table(title="The desk's speed. Compare the ratios: absolute figures move with the machine")
    for name, justify in (
        ("", "left"),
        ("measured", "right"),
        ("beside it", "right"),
        ("ratio", "right"),
        ("goal", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    part = ""
    for figure in figures:
        if figure.part != part:
            part = figure.part
            table.add_section()
            table.add_row(f"[bold]{part}[/bold]")
        beside = f"{figure.beside_name} {_number(figure.beside)}" if figure.beside else ""
        ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
        table.add_row(f"  {figure.name}", f"{_number(figure.value)} {figure.unit}", beside, ratio, figure.goal)
    return table


def _machine() -> dict[str, object]:
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def main() -> None:
    """Measure the parts named, all without a name."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="what to measure; everything without a name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    screen = Console(width=120)
    figures: list[Figure] = []
    for name in chosen.part or PARTS:
        with screen.status(f"measuring: {name}"):
            figures += asyncio.run(PARTS[name]())
    screen.print(_table(figures))
    if chosen.json:
        rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
        chosen.json.write_text(json.dumps({"machine": _machine(), "figures": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
