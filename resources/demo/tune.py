"""Trains the pack: tuned states (only the wkv state that a dialogue begins with) and adapters, over the shipped model.

    python tune.py             all seven traits of traits.py, one after the other: writes states/*.pth, adapters/*.pth and tuning.json
    python tune.py pirate      only this one
"""
import itertools
import json
import math
import pathlib
import random
import sys
import time

import torch
from torch.func import functional_call
from torch.nn import functional as F

import traits
import weights
from model import HEAD, LAYERS, SPAN, WIDTH, Model
from train import mark
from vocab import ROWS, Vocabulary

HERE = pathlib.Path(__file__).parent
BASE = HERE / "rookery-demo.safetensors"
RANK, ALPHA, BLOCK = 8, 16, 16                 # LoRA and DoRA: rank and alpha; Bone: rows of its matrix
LONGEST, POOL = 192, 256                       # longest dialogue, dialogues sorted by length at a time
HELD_OUT, CHECKS = 990, 48                     # seed and number of the dialogues that are measured and never trained
TARGETS = ("att.receptance", "att.key", "att.value", "att.output", "ffn.key", "ffn.value")
# learning rate, tokens in one step, steps; a state needs large numbers, since what is read later erases most of it
RUNS = {"state": (1.0, 512, 1000), "lora": (4e-3, 1024, 300), "dora": (4e-3, 512, 1200), "bone": (2e-3, 512, 1200)}


class State:
    """blocks.N.att.time_state [H, N, N], rows = values: the state before the first token."""

    def __init__(self, base):
        self.tensors = {f"blocks.{i}.att.time_state": torch.zeros(WIDTH // HEAD, HEAD, HEAD) for i in range(LAYERS)}

    def logits(self, model, ids):
        return model(ids, list(self.tensors.values()))


class Adapter:
    """Matrices of a loaded model changed by factors: `changed` is the formula of the kind."""

    def __init__(self, base):
        self.base = {f"blocks.{i}.{name}": base[f"blocks.{i}.{name}.weight"] for i in range(LAYERS) for name in TARGETS}
        self.tensors = {}
        for name, weight in self.base.items():
            for part, value in self.begin(weight).items():
                self.tensors[f"{name}.{part}"] = value

    def logits(self, model, ids):
        return functional_call(model, {f"{name}.weight": self.changed(name, weight) for name, weight in self.base.items()}, (ids,))


class Lora(Adapter):
    """W + alpha/r B A; lora_A [r, in], lora_B [out, r]."""

    def begin(self, weight):
        return {"lora_A": torch.randn(RANK, weight.shape[1]) / weight.shape[1] ** 0.5, "lora_B": torch.zeros(weight.shape[0], RANK)}

    def changed(self, name, weight):
        return weight + ALPHA / RANK * self.tensors[name + ".lora_B"] @ self.tensors[name + ".lora_A"]


class Dora(Lora):
    """LoRA, then every column (one input) is given the length that lora_M [1, in] says."""

    def begin(self, weight):
        return super().begin(weight) | {"lora_M": weight.norm(dim=0, keepdim=True)}

    def changed(self, name, weight):
        turned = super().changed(name, weight)
        return self.tensors[name + ".lora_M"] * turned / (turned.norm(dim=0, keepdim=True) + 1e-6)


class Bone(Adapter):
    """W[o, j] + bone[j mod r, o]; bone [r, out]."""

    def begin(self, weight):
        return {"bone": torch.zeros(BLOCK, weight.shape[0])}

    def changed(self, name, weight):
        return weight + self.tensors[name + ".bone"].T.repeat(1, weight.shape[1] // BLOCK)


KINDS = {"state": State, "lora": Lora, "dora": Dora, "bone": Bone}


def path_of(trait):
    return HERE / ("states" if traits.TRAITS[trait][0] == "state" else "adapters") / f"{trait}.pth"


def dialogue(text, vocabulary):
    """Ids and loss weights, padded to a multiple of SPAN plus one; what the user types is not learned."""
    ids, shares = mark(text, vocabulary)
    ids, shares = ids[:LONGEST + 1], [share if share >= 1 else 0.0 for share in shares[:LONGEST + 1]]
    pad = -(len(ids) - 1) % SPAN
    return ids + [0] * pad, shares[1:] + [0.0] * pad


def grouped(texts, vocabulary, tokens):
    """The dialogues as batches of one length each."""
    found = sorted((dialogue(text, vocabulary) for text in texts), key=lambda d: len(d[0]))
    out = []
    for length, group in itertools.groupby(found, key=lambda d: len(d[0])):
        group, size = list(group), max(1, tokens // length)
        parts = [group[i:i + size] for i in range(0, len(group), size)]
        out += [(torch.tensor([d[0] for d in part]), torch.tensor([d[1] for d in part])) for part in parts]
    return out


def batches(texts, vocabulary, tokens, rng):
    """Endless batches, each of dialogues of one length from the same beginning."""
    while True:
        groups = grouped(itertools.islice(texts, POOL), vocabulary, tokens)
        rng.shuffle(groups)
        yield from groups


def loss_of(tuned, model, ids, shares):
    """Sum of the weighted losses, and sum of the weights."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = tuned.logits(model, ids[:, :-1])
    losses = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return (losses * shares.flatten()).sum(), shares.sum()


def checked(tuned, model, checks):
    with torch.no_grad():
        sums = [loss_of(tuned, model, ids, shares) for ids, shares in checks]
    return (sum(s[0] for s in sums) / sum(s[1] for s in sums)).item()


def save(tuned, trait):
    """alpha/r goes into lora_B, since files of this layout have no place for alpha: readers take alpha = r."""
    path = path_of(trait)
    path.parent.mkdir(exist_ok=True)
    scale = lambda name: ALPHA / RANK if name.endswith(".lora_B") else 1
    torch.save({name: (scale(name) * tensor).detach().bfloat16() for name, tensor in tuned.tensors.items()}, path)


def tune(trait):
    torch.manual_seed(1)
    vocabulary, model = Vocabulary(), Model(ROWS)
    base = {name: torch.from_numpy(weight.copy()) for name, weight in weights.read(BASE).items()}
    model.load_state_dict(base)
    model.requires_grad_(False)
    kind = traits.TRAITS[trait][0]
    tuned = KINDS[kind](base)
    for tensor in tuned.tensors.values():
        tensor.requires_grad_(True)
    rate, batch, steps = RUNS[kind]
    part = torch.optim.Adam(tuned.tensors.values(), lr=rate, betas=(0.9, 0.99))
    held_out = list(itertools.islice(traits.documents(trait, HELD_OUT), CHECKS))
    checks = grouped(held_out, vocabulary, batch)
    stream = (text for text in traits.documents(trait, 31) if text not in held_out)
    feed = batches(stream, vocabulary, batch, random.Random(5))
    begin, tokens, running, curve = time.time(), 0, None, []
    for step in range(1, steps + 1):
        for group in part.param_groups:
            group["lr"] = rate * min(1, step / 20) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2)
        ids, shares = next(feed)
        total, count = loss_of(tuned, model, ids, shares)
        loss = total / count
        part.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(tuned.tensors.values()), 1.0)
        part.step()
        tokens += ids.numel()
        running = loss.item() if running is None else 0.9 * running + 0.1 * loss.item()
        if step % 20 == 0:
            check = round(checked(tuned, model, checks), 4) if step % 100 == 0 else None
            curve.append([step, tokens, round((time.time() - begin) / 60, 2), round(running, 4), check])
            print(f"{trait}  step {step}  tokens {tokens}  minutes {curve[-1][2]}  loss {running:.3f}  held out {check}", flush=True)
    save(tuned, trait)
    file = HERE / "tuning.json"
    curves = json.loads(file.read_text()) if file.exists() else {}
    curves[trait] = curve
    file.write_text("{\n" + ",\n".join(f' "{name}": {json.dumps(curves[name])}' for name in traits.TRAITS if name in curves) + "\n}\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or traits.TRAITS:
        tune(name)
