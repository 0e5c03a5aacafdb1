"""`python -m bench.encoder BASE --writers w1,w2 --judged w3,w4 --out DIR`: tunes a published encoder to this desk.

First it learns the messages of `--writers`. What it then says of those of `--judged` is written down, for the judge to
be fitted on (triage/language/training/beforehand.py). Last it learns all of them.

BASE: a folder with `model.safetensors`, `config.json` and `tokenizer.json` of all-MiniLM-L6-v2; its checksum is
verified. Needs torch, transformers, safetensors, onnx and onnxruntime beside the project (docs/decisions/013). One
reader's work for an hour or two on two cores, so it is no part of `triage train`, which takes its result as it is.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from transformers import BertConfig, BertModel

from bench.encoder.shipped import weights_of
from bench.encoder.texts import FLAGS, SPOKEN, OwnWords, Window, joined, lossy, noisy, windows
from triage.cli.reading import script_of
from triage.domain.vocabulary import OtherRight
from triage.language.corpus import Example, read_examples
from triage.language.encoder import Encoder, Look
from triage.language.reader import words_in
from triage.language.rules_file import load_rules
from triage.language.speakers import RuleReader
from triage.language.training import beforehand

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MOST_PIECES = 224
SEED = 4
BATCH = 16
TOP_PIECES = 3
JOINED_SHARE = 0.2
RARE = frozenset(right.value for right in OtherRight)  # seen twice an epoch


class Reading(nn.Module):
    """Encoder with two heads: what the window asks (and its flags), and which word pieces ask it."""

    def __init__(self, base: BertModel, width: int) -> None:
        super().__init__()
        self.base = base
        self.whole = nn.Linear(2 * width, len(SPOKEN) + len(FLAGS))
        self.pieces = nn.Linear(width, len(SPOKEN))
        self.share = nn.Parameter(torch.full((len(SPOKEN),), 0.5))
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.drop(self.base(input_ids=ids, attention_mask=mask).last_hidden_state)
        here = mask[..., None].float()
        mean = (hidden * here).sum(1) / here.sum(1)
        most = (hidden + (here - 1) * 1e4).max(1).values
        pieces = self.pieces(hidden)
        top = torch.topk(pieces + (here - 1) * 1e4, TOP_PIECES, 1).values.mean(1) * self.share
        whole = self.whole(torch.cat([mean, most], 1))
        return torch.cat([whole[:, : len(SPOKEN)] + top, whole[:, len(SPOKEN) :]], 1), pieces


def encoded(window: Window, tokenizer: Tokenizer) -> tuple[list[int], torch.Tensor, torch.Tensor]:
    """Piece ids, labels of the window, labels of each piece."""
    found = tokenizer.encode(list(window.words) or ["."], is_pretokenized=True)
    pieces = torch.zeros(len(found.ids), len(SPOKEN))
    for at, word in enumerate(found.word_ids):
        if word is not None:
            for label, places in enumerate(window.asks):
                pieces[at, label] = float(word in places)
    whole = torch.tensor(
        [float(one in window.labels) for one in SPOKEN] + [float(one in window.flags) for one in FLAGS]
    )
    return found.ids, whole, pieces


def batched(rows: list[tuple[list[int], torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, ...]:
    """Padded ids, mask, labels, labels of pieces."""
    longest = max(*(len(ids) for ids, _, _ in rows), TOP_PIECES)
    ids, mask = torch.zeros(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest, dtype=torch.long)
    pieces = torch.zeros(len(rows), longest, len(SPOKEN))
    for at, (one, _, labels) in enumerate(rows):
        ids[at, : len(one)] = torch.tensor(one)
        mask[at, : len(one)] = 1
        pieces[at, : len(one)] = labels
    return ids, mask, torch.stack([whole for _, whole, _ in rows]), pieces


def train(
    model: Reading, told: list[Window], held: list[Window], tokenizer: Tokenizer, epochs: int, rate: float, folder: Path
) -> None:
    """Adam with a warm-up and a long cooling; each epoch with other slips of the fingers."""
    dice = random.Random(SEED)
    steps = epochs * (sum(1 + bool(one.labels & RARE) for one in told) // BATCH + 2)
    groups = [
        {"params": model.base.parameters(), "lr": rate},
        {"params": [p for n, p in model.named_parameters() if not n.startswith("base.")], "lr": 10 * rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [rate, 10 * rate], total_steps=steps, pct_start=0.1)
    tests = [encoded(one, tokenizer) for one in held]
    for epoch in range(epochs):
        started, total = time.perf_counter(), 0.0
        rows = [encoded(varied(one, told, dice), tokenizer) for one in told for _ in range(1 + bool(one.labels & RARE))]
        batches = in_batches(rows, dice)
        for batch in batches:
            ids, mask, whole, pieces = batched(batch)
            said, seen = model(ids, mask)
            word_loss = (cross_entropy(seen, pieces, reduction="none").mean(2) * mask).sum() / mask.sum()
            asked, flagged = (slice(None, len(SPOKEN)), slice(len(SPOKEN), None))
            loss = cross_entropy(said[:, asked], whole[:, asked]) + 0.5 * word_loss
            loss = loss + 0.6 * cross_entropy(said[:, flagged], whole[:, flagged])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if schedule.last_epoch < steps - 1:
                schedule.step()
            total += loss.item()
        print(
            epoch,
            round(total / len(batches), 4),
            f1(model, tests),
            f"{time.perf_counter() - started:.0f} s",
            flush=True,
        )
        torch.save(model.state_dict(), folder / "weights.pt")


def varied(one: Window, told: list[Window], dice: random.Random) -> Window:
    """The window as this epoch sees it: perhaps beside another, with slips and blots."""
    whole = joined(one, dice.choice(told), dice) if dice.random() < JOINED_SHARE else one
    return lossy(noisy(whole, dice), dice)


def in_batches(rows: list, dice: random.Random) -> list[list]:
    """Shuffled, with messages of like length together: less padding."""
    order = rows[:]
    dice.shuffle(order)
    batches = []
    for start in range(0, len(order), 40 * BATCH):
        some = sorted(order[start : start + 40 * BATCH], key=lambda row: len(row[0]))
        batches += [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
    dice.shuffle(batches)
    return batches


def f1(model: Reading, tests: list) -> str:
    """F1 per label at 0.4, on windows held back."""
    if not tests:
        return ""
    model.eval()
    with torch.no_grad():
        parts = []
        for start in range(0, len(tests), 32):
            ids, mask, whole, _ = batched(tests[start : start + 32])
            parts.append((torch.sigmoid(model(ids, mask)[0])[:, : len(SPOKEN)] > 0.4, whole[:, : len(SPOKEN)] > 0.5))
    model.train()
    said, true = (torch.cat([part[i] for part in parts]) for i in (0, 1))
    both = (said & true).sum(0)
    scores = 2 * both / (said.sum(0) + true.sum(0)).clamp(min=1)
    exact = (said == true).all(1).float().mean()
    return f"macro {scores[:5].mean():.3f} " + " ".join(f"{s:.2f}" for s in scores) + f" exact {exact:.3f}"


def export(model: Reading, folder: Path, tokenizer: Tokenizer, writers: list[str]) -> None:
    """One ONNX file with weights of eight bits, its tokenizer and its labels."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "whole.onnx"
    example = batched(
        [
            encoded(
                Window(
                    words=("please", "delete", "my", "details"),
                    asks=(frozenset(),) * len(SPOKEN),
                    labels=frozenset(),
                    flags=frozenset(),
                ),
                tokenizer,
            )
        ]
    )[:2]
    torch.onnx.export(
        model,
        example,
        str(whole),
        input_names=["ids", "mask"],
        output_names=["whole", "pieces"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={"ids": {0: "n", 1: "l"}, "mask": {0: "n", 1: "l"}, "whole": {0: "n"}, "pieces": {0: "n", 1: "l"}},
    )
    quantize_dynamic(whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    about = {"spoken": SPOKEN, "flags": FLAGS, "most_pieces": MOST_PIECES, "writers": writers}
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "labels.json").write_text(json.dumps(about, indent=1))


def known(path: Path) -> dict[str, torch.Tensor]:
    """Weights of an earlier run, or of the edition that is shipped."""
    return weights_of(path) if path.suffix == ".onnx" else torch.load(path)


def met(path: Path | None) -> set[str]:
    """The writers whom an earlier run had learnt: named in labels.json beside its weights."""
    about = path.parent / "labels.json" if path else None
    return set(json.loads(about.read_text())["writers"]) if about and about.is_file() else set()


def heard(folder: Path, examples: list[Example], rules: Path) -> Iterator[tuple[Example, list[Look]]]:
    """What the encoder in `folder` says of each message, as the reader would ask it."""
    encoder, speakers = Encoder(folder), RuleReader(load_rules(rules))
    for example in examples:
        script = script_of(channel=example.channel, subject=example.subject, text=example.text)
        yield example, encoder.read(words_in(script, speakers.spoken(script)))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path("rules/corpus"))
    parser.add_argument("--writers", required=True)
    parser.add_argument("--judged", default="", help="learnt last, and heard before")
    parser.add_argument("--held", default="", help="never learnt: F1 on these after every epoch")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--epochs-with-judged", type=int, default=2)
    parser.add_argument("--rate-with-judged", type=float, default=6e-5)
    parser.add_argument("--rules", type=Path, default=Path("rules"), help="for whose words are whose")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--go-on-from", type=Path, help="weights.pt of an earlier run, or a shipped encoder.onnx")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    weights = arguments.base / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != BASE_SHA256:
        print(f"{weights} is not the published all-MiniLM-L6-v2", file=sys.stderr)
        return 2
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    tokenizer = Tokenizer.from_file(str(arguments.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    config = BertConfig.from_json_file(arguments.base / "config.json")
    config.num_hidden_layers = arguments.layers
    base = BertModel(config, add_pooling_layer=False)
    base.load_state_dict({name.removeprefix("bert."): w for name, w in load_file(weights).items()}, strict=False)
    examples = read_examples(arguments.corpus)
    first, judged, held = (
        [e for e in examples if e.writer in names.split(",")]
        for names in (arguments.writers, arguments.judged, arguments.held)
    )
    told, tests = list(windows(first, OwnWords())), list(windows(held, OwnWords()))
    print(len(told), "windows to learn from,", len(tests), "held back", flush=True)
    model = Reading(base, config.hidden_size)
    if arguments.go_on_from:
        model.load_state_dict(known(arguments.go_on_from))
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    train(model, told, tests, tokenizer, arguments.epochs, arguments.rate, out)
    learnt = met(arguments.go_on_from) | {e.writer for e in first}
    export(model, out, tokenizer, sorted(learnt))
    if judged:
        beforehand.write(out, heard(out, judged, arguments.rules))
        told += windows(judged, OwnWords())
        train(model, told, [], tokenizer, arguments.epochs_with_judged, arguments.rate_with_judged, out)
        export(model, out, tokenizer, sorted(learnt | {e.writer for e in judged}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
