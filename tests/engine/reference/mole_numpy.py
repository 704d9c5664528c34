#!/usr/bin/env python3
"""RWKV-7 with a mixture of LoRA experts (MoLE) in float64, for tests/engine/tst_mole_adapter.cpp, written from the
equations of OpenMOSE's RWKV-Infer: every expert is a whole channel mix with matrices W + s B A of its own.

Run without arguments it writes tests/data/mole/<case>-<seed>.json: the adapter's tensors and how their numbers are
made, and the logits. Needs NumPy only.
"""
import json
import pathlib

import numpy as np

from rwkv7_numpy import FEW, SEEDS, make_model, make_tokens, run, uniform

POSITIONS = 12
LAYERS, C, N, F = 2, 64, 32, 256
#        experts, active, rank of key, rank of value
CASES = {"two-of-four": (4, 2, 4, 6), "all-of-three": (3, 3, 4, 4), "one": (1, 1, 2, 2)}
SCALE = 2.0
MUTANTS = ("no_experts", "scale_one", "softmax_over_all", "shared_forced", "next_expert", "gates_equal")


def adapter(experts, rank_key, rank_value):
    out = []
    for i in range(LAYERS):
        b = f"blocks.{i}.ffn."
        if experts > 1:
            out.append((b + "router.linear.weight", [experts - 1, C], 0.0, 3 / np.sqrt(C)))
        for e in range(experts):
            for name, rank, wide, to in (("key", rank_key, C, F), ("value", rank_value, F, C)):
                out.append((f"{b}expert_{e}.{name}.lora_A_expert_0", [rank, wide], 0.0, 1.5 / np.sqrt(wide)))
                out.append((f"{b}expert_{e}.{name}.lora_B_expert_0", [to, rank], 0.0, 0.5 / np.sqrt(rank)))
    return [(n, list(s), float(m), float(d)) for n, s, m, d in out]


class Mixture:
    def __init__(self, weights, experts, active, mutant=None):
        self.w = {n: x.astype(np.float64) for n, x in weights.items()}
        self.experts, self.active, self.mutant = experts, active, mutant

    def gates(self, prefix, h):
        scores = np.zeros(self.experts)
        if self.experts > 1:
            scores[1:] = self.w[prefix + "router.linear.weight"] @ h
        if self.mutant == "shared_forced":
            scores[0] = scores.max() + 1
        chosen = np.argsort(-scores, kind="stable")[:self.active]
        weight = np.exp(scores[chosen] - scores.max())
        gates = np.zeros(self.experts)
        total = np.exp(scores - scores.max()).sum() if self.mutant == "softmax_over_all" else weight.sum()
        gates[chosen] = 1 / self.active if self.mutant == "gates_equal" else weight / total
        return np.roll(gates, 1) if self.mutant == "next_expert" else gates

    def __call__(self, prefix, h, key, value):
        y = np.zeros(len(h))
        scale = {"no_experts": 0.0, "scale_one": 1.0}.get(self.mutant, SCALE)
        for e, gate in enumerate(self.gates(prefix, h)):
            part = lambda name: scale * self.w[f"{prefix}expert_{e}.{name}.lora_B_expert_0"] @ self.w[
                f"{prefix}expert_{e}.{name}.lora_A_expert_0"]
            y += gate * ((value + part("value")) @ np.maximum((key + part("key")) @ h, 0.0) ** 2)
        return y


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "mole"
    folder.mkdir(parents=True, exist_ok=True)
    for case, (experts, active, rank_key, rank_value) in CASES.items():
        for seed in SEEDS:
            tokens = make_tokens(seed)[:POSITIONS]
            base = make_model(seed, LAYERS, C, N, F)
            made = adapter(experts, rank_key, rank_value)
            weights = {n: uniform(seed, n, tuple(s), m, d) for n, s, m, d in made}
            logits = lambda mutant=None: run(base, tokens, mixture=Mixture(weights, experts, active, mutant))
            truth = logits()
            away = {m: float(np.abs(logits(m) - truth).max()) for m in MUTANTS}
            away = {m: off for m, off in away.items() if off > 1e-9}
            print(f"{case}-{seed}: largest {np.abs(truth).max():.3g}, mutants differ by",
                  {m: float(f"{v:.2g}") for m, v in away.items()})
            golden = {"experts": experts, "active": active, "tensors": made, "tokens": tokens,
                      "nearestMutant": min(away.values()),
                      "logits": [[float(f"{x:.8g}") for x in row[::FEW]] for row in truth]}
            (folder / f"{case}-{seed}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
