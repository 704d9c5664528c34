#!/usr/bin/env python3
"""Models that start from a tuned state with offsets (time_state, time_offset), in float64, for
tests/engine/tst_tuned_states.cpp. Formulas: rwkv7_numpy.py and rwkv456_numpy.py; the output of the recurrence is taken
times 1 + time_offset in front of the norm of the heads (RWKV-LM-RLHF).

Run without arguments it writes tests/data/tuned/<family>-<seed>.json: the tensors of the state and how their numbers
are made, and the logits of the first positions. Needs NumPy only.
"""
import json
import pathlib

import numpy as np

import rwkv456_numpy
import rwkv7_numpy
from rwkv7_numpy import FEW, SEEDS, make_tokens, uniform

POSITIONS = 12
#        layers, width, head, hidden
CASES = {"5.0": (2, 64, 16, 256), "5.2": (2, 128, 64, 448), "6": (3, 96, 32, 320), "7": (2, 64, 32, 256)}


def model(family, seed, layers, C, N, F):
    if family == "7":
        return rwkv7_numpy.make_model(seed, layers, C, N, F)
    return rwkv456_numpy.make_model(seed, family, layers, C, N, F)


def run(family, head, weights, tokens):
    return rwkv7_numpy.run(weights, tokens) if family == "7" else rwkv456_numpy.run(family, head, weights, tokens)


def state(layers, C, N):
    out = []
    for i in range(layers):
        out.append((f"blocks.{i}.att.time_state", [C // N, N, N], 0.0, 2.0))
        out.append((f"blocks.{i}.att.time_offset", [C], 0.25, 1.0))
    return out


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "tuned"
    folder.mkdir(parents=True, exist_ok=True)
    for family, (layers, C, N, F) in CASES.items():
        for seed in SEEDS:
            tokens = make_tokens(seed)[:POSITIONS]
            made = state(layers, C, N)
            base = model(family, seed, layers, C, N, F)
            tuned = {name: uniform(seed, name, tuple(shape), mean, scale) for name, shape, mean, scale in made}
            truth = run(family, N, base | tuned, tokens)
            wrong = {
                "no offset": {n: w * (0 if n.endswith("offset") else 1) for n, w in tuned.items()},
                "no state": {n: w * (0 if n.endswith("state") else 1) for n, w in tuned.items()},
                "turned": {n: w.swapaxes(1, 2) if n.endswith("state") else w for n, w in tuned.items()},
            }
            away = {n: float(np.abs(run(family, N, base | w, tokens) - truth).max()) for n, w in wrong.items()}
            print(f"{family}-{seed}: largest {np.abs(truth).max():.3g}, wrong by", away)
            golden = {"tensors": made, "tokens": tokens, "nearestMutant": min(away.values()),
                      "logits": [[float(f"{x:.8g}") for x in row[::FEW]] for row in truth]}
            (folder / f"{family}-{seed}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
