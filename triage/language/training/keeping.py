"""What a training made takes the place of what was there: categoriser and weights of one training, or none."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from spacy.language import Language

from triage.language.model import QUICK_FOLDER, WEIGHTS_FILE


def keep(folder: Path, quick: Language, weights: Mapping[str, object]) -> None:
    """Write `folder`/quick and `folder`/judge.json.

    Both are written beside the old ones first. While they change places there are no weights: whoever is stopped
    halfway finds a model that says so, never a judge with another training's categoriser. Raises OSError.
    """
    with TemporaryDirectory(dir=folder, prefix="new-") as beside:
        new = Path(beside) / QUICK_FOLDER
        quick.to_disk(new)
        told = Path(beside) / WEIGHTS_FILE
        told.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        (folder / WEIGHTS_FILE).unlink(missing_ok=True)
        if (folder / QUICK_FOLDER).exists():
            (folder / QUICK_FOLDER).rename(Path(beside) / "old")
        new.rename(folder / QUICK_FOLDER)
        told.rename(folder / WEIGHTS_FILE)
