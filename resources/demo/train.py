"""Trains the demonstration model on generated dialogues and writes rookery-demo.safetensors.

    python train.py --minutes 60                      from nothing
    python train.py --minutes 20 --from last.pt       further from a checkpoint
"""
import argparse
import itertools
import json
import math
import pathlib
import re
import tempfile
import time

import torch
from torch import distributed, multiprocessing
from torch.nn import functional as F

import corpus
import weights
from model import Model
from vocab import END, ROWS, Vocabulary

HERE = pathlib.Path(__file__).parent
WORKERS, BATCH, LENGTH = 2, 6, 192      # one thread and one batch a worker: they meet only once a step
ASK_WEIGHT = 0.15                 # the loss of what the user types counts less than that of the answers
SUM_WEIGHT = 2.5                  # numbers are harder than words


def mark(text, vocabulary):
    """Token ids of a dialogue with the loss weight of each."""
    ids, shares = [], []
    for i, part in enumerate(re.split(r"(?<=\n\n)(?=User:|Assistant:|System:)", text)):
        found = vocabulary.encode(part)
        weight = ASK_WEIGHT if not part.startswith("Assistant:") else SUM_WEIGHT if part[11:12].isdigit() else 1.0
        ids += found
        shares += [weight] * len(found)
        if part.startswith("User:") and i:                    # "User" right after an answer ends that answer
            shares[-len(found)] = 1.0
    return ids + [END], shares + [1.0]


class Feed:
    """Rows of LENGTH + 1 tokens, each beginning with the beginning of a dialogue."""

    def __init__(self, vocabulary, seed, forbidden=()):
        self.vocabulary, self.forbidden = vocabulary, forbidden
        self.stream = corpus.documents(seed)

    def row(self):
        ids, shares = [], []
        while len(ids) < LENGTH + 1:
            text = next(self.stream)
            if text in self.forbidden:
                continue
            a, b = mark(text, self.vocabulary)
            ids, shares = ids + a, shares + b
        return ids[:LENGTH + 1], shares[1:LENGTH + 1]

    def batch(self, size):
        rows = [self.row() for _ in range(size)]
        return torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows])


def held_out(count=400, seed=990):
    """Dialogues for measuring, with fillings of their own."""
    return list(itertools.islice(corpus.documents(seed), count))


def loss_of(model, ids, shares):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids[:, :-1])
    losses = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    shares = shares.flatten()
    return (losses * shares).sum() / shares.sum()


def optimizers(model, rate):
    matrix = [p for n, p in model.named_parameters() if re.search(r"(receptance|key|value|output)\.weight", n)]
    taken = {id(p) for p in matrix}
    other = [p for p in model.parameters() if id(p) not in taken]
    return [torch.optim.Muon(matrix, lr=rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
            torch.optim.Adam(other, lr=rate, betas=(0.9, 0.98), eps=1e-12)]


def share(model, done):
    """Average the gradients of all workers, and how far the run is, so that all take the same step."""
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in grads] + [torch.tensor([done])])
    distributed.all_reduce(flat)
    flat /= WORKERS
    at = 0
    for grad in grads:
        grad.copy_(flat[at:at + grad.numel()].view_as(grad))
        at += grad.numel()
    return flat[-1].item()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60, help="time limit; the learning rate falls towards it")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--flat", type=float, default=0.5, help="part of the time before the learning rate falls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start", help="checkpoint to go on from")
    parser.add_argument("--to", default=str(HERE / "last.pt"), help="checkpoint to write")
    return parser.parse_args()


def work(rank, options, meeting):
    """One worker; the first one also measures, prints and saves."""
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=WORKERS)
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    vocabulary = Vocabulary()
    model = Model(ROWS)
    parts = optimizers(model, options.rate)
    step, tokens, spent, curve = 0, 0, 0.0, []
    if options.start:
        saved = torch.load(options.start, weights_only=True)
        model.load_state_dict(saved["model"])
        for part, state in zip(parts, saved["optimizers"]):
            part.load_state_dict(state)
        step, tokens, spent, curve = saved["step"], saved["tokens"], saved["minutes"], saved["curve"]
    check_texts = held_out()
    feed = Feed(vocabulary, (options.seed * 1000 + step) * WORKERS + rank, set(check_texts))
    check = Feed(vocabulary, 0)
    check.stream = itertools.cycle(check_texts)
    check_ids, check_shares = check.batch(60)
    begin, first, running, done = time.time(), step, None, 0.0
    saved_at = begin

    def save():
        torch.save({"model": model.state_dict(), "optimizers": [p.state_dict() for p in parts], "step": step, "tokens": tokens,
                    "minutes": spent + (time.time() - begin) / 60, "curve": curve}, options.to)
        weights.write(model.state_dict(), HERE / "rookery-demo.safetensors")
        (HERE / "curve.json").write_text(json.dumps(curve) + "\n")

    while done < 1:
        warm = min(1, (step - first + 1) / (30 if options.start else 100))
        rate = options.rate * warm * (1 if done < options.flat else max(0.02, (1 - done) / (1 - options.flat)))
        for part in parts:
            for group in part.param_groups:
                group["lr"] = rate
        ids, shares = feed.batch(BATCH)
        loss = loss_of(model, ids, shares)
        for part in parts:
            part.zero_grad()
        loss.backward()
        done = share(model, (time.time() - begin) / 60 / options.minutes)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for part in parts:
            part.step()
        step, tokens = step + 1, tokens + WORKERS * BATCH * LENGTH
        running = loss.item() if running is None else 0.95 * running + 0.05 * loss.item()
        if not math.isfinite(loss.item()):
            raise SystemExit("the loss is no longer a number")
        if rank == 0 and step % 20 == 0:
            check_loss = None
            if step % 100 == 0:
                with torch.no_grad():
                    check_loss = round(sum(loss_of(model, check_ids[i:i + 20], check_shares[i:i + 20]).item() for i in (0, 20, 40)) / 3, 4)
            minutes = spent + (time.time() - begin) / 60
            curve.append([step, tokens, round(minutes, 2), round(running, 4), check_loss])
            print(f"step {step}  tokens {tokens}  minutes {minutes:.1f}  loss {running:.3f}  held out {check_loss}  rate {rate:.5f}", flush=True)
        if rank == 0 and time.time() - saved_at > 180:
            saved_at = time.time()
            save()
    if rank == 0:
        save()
    distributed.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(work, (arguments(), f"file://{folder}/meeting"), nprocs=WORKERS)
