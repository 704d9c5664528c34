#!/usr/bin/env python3
"""QRWKV-6 (RWKV6Qwen2ForCausalLM) in float64 for tests/engine/tst_family_hybrid.cpp, written from the equations of
rwkv-math-and-formats 7.1; the layers around the recurrence are those of hybrid_numpy.py.

Run without arguments it writes tests/data/hybrid/qrwkv6*-<seed>.json, in the same form. Needs NumPy only.
"""
import json
import pathlib

import numpy as np

from hybrid_numpy import EPS, POSITIONS, rms
from rwkv7_numpy import FEW, SEEDS, V, make_tokens, sigmoid, uniform

F, MIX_RANK, DECAY_RANK, LAYERS = 56, 4, 6, 2
#        width, heads, key heads, head size, biases
CASES = {"qrwkv6": (48, 4, 2, 16, True), "qrwkv6-plain": (64, 2, 2, 32, False)}
MUTANTS = ("old_state_read", "keys_not_weighed", "gate_is_silu", "no_scale", "other_key_head", "order_rkvwg", "layer_norm",
           "decay_of_no_data")


def tensors(C, H, G, N, biases):
    out = []

    def add(name, shape, mean, scale):
        out.append((name, list(shape), float(mean), float(scale)))

    A, K = H * N, G * N
    to = lambda n: 1.5 / np.sqrt(n)
    add("emb.weight", (V, C), 0, 1)
    for i in range(LAYERS):
        b = f"blocks.{i}."
        a = b + "att."
        add(b + "ln1.weight", (C,), 1, 0.25)
        add(b + "ln2.weight", (C,), 1, 0.25)
        for c in "xwkvrg":
            add(a + "time_maa_" + c, (1, 1, C), 0.5, 0.5)
        add(a + "time_maa_w1", (C, 5 * MIX_RANK), 0, to(C))
        add(a + "time_maa_w2", (5, MIX_RANK, C), 0, 0.5 / np.sqrt(MIX_RANK))
        add(a + "time_decay", (1, 1, A), -1, 1)
        add(a + "time_decay_w1", (C, DECAY_RANK), 0, to(C))
        add(a + "time_decay_w2", (DECAY_RANK, A), 0, to(DECAY_RANK))
        for name, rows in (("receptance", A), ("key", K), ("value", K)):
            add(a + name + ".weight", (rows, C), 0, to(C))
            if biases:
                add(a + name + ".bias", (rows,), 0, 0.5)
        add(a + "gate.weight", (A, C), 0, to(C))
        add(a + "output.weight", (C, A), 0, to(A))
        add(b + "ffn.gate.weight", (F, C), 0, to(C))
        add(b + "ffn.up.weight", (F, C), 0, to(C))
        add(b + "ffn.down.weight", (C, F), 0, to(F))
    add("ln_out.weight", (C,), 1, 0.25)
    add("head.weight", (V, C), 0, to(C))
    return out


def run(case, weights, tokens, mutant=None):
    C, H, G, N, _ = CASES[case]
    p = {n: w.astype(np.float64).reshape(-1) if w.ndim == 3 and w.shape[0] == 1 else w.astype(np.float64)
         for n, w in weights.items()}
    last, state = {}, {}

    def norm(x, gain):
        return rms(x - x.mean() if mutant == "layer_norm" else x, gain)

    def linear(name, x):
        return p[name + ".weight"] @ x + p.get(name + ".bias", 0.0)

    def time_mix(i, y):
        a = f"blocks.{i}.att."
        delta = last.get(i, np.zeros(C)) - y
        last[i] = y
        z = np.tanh((y + delta * p[a + "time_maa_x"]) @ p[a + "time_maa_w1"]).reshape(5, MIX_RANK)
        order = "rkvwg" if mutant == "order_rkvwg" else "wkvrg"
        m = {c: y + delta * (p[a + "time_maa_" + c] + z[n] @ p[a + "time_maa_w2"][n]) for n, c in enumerate(order)}
        r = linear(a + "receptance", m["r"]).reshape(H, N)
        share = (lambda x: np.tile(x, (H // G, 1))) if mutant == "other_key_head" else (
            lambda x: np.repeat(x, H // G, axis=0))
        k = share(linear(a + "key", m["k"]).reshape(G, N))
        v = share(linear(a + "value", m["v"]).reshape(G, N))
        lora = 0.0 if mutant == "decay_of_no_data" else np.tanh(m["w"] @ p[a + "time_decay_w1"]) @ p[a + "time_decay_w2"]
        d = np.exp(-np.exp(p[a + "time_decay"] + lora)).reshape(H, N)
        if mutant != "keys_not_weighed":
            k = k * (1 - d)
        g = linear(a + "gate", m["g"])
        g = g * sigmoid(g) if mutant == "gate_is_silu" else sigmoid(g)
        S = state.setdefault(i, np.zeros((H, N, N)))  # [head][key][value]
        y = np.zeros((H, N))
        for h in range(H):
            new = d[h][:, None] * S[h] + np.outer(k[h], v[h])
            y[h] = (r[h] / (1 if mutant == "no_scale" else np.sqrt(N))) @ (S[h] if mutant == "old_state_read" else new)
            S[h] = new
        return linear(a + "output", y.reshape(-1) * g)

    out = []
    for token in tokens:
        x = p["emb.weight"][token]
        for i in range(LAYERS):
            b = f"blocks.{i}."
            x = x + time_mix(i, norm(x, p[b + "ln1.weight"]))
            y = norm(x, p[b + "ln2.weight"])
            gate = p[b + "ffn.gate.weight"] @ y
            x = x + p[b + "ffn.down.weight"] @ (gate * sigmoid(gate) * (p[b + "ffn.up.weight"] @ y))
        out.append(p["head.weight"] @ norm(x, p["ln_out.weight"]))
    return np.array(out)


def rounding(case, weights, tokens, truth):
    """As in hybrid_numpy.py."""
    generator = np.random.default_rng(1)
    most = 0.0
    for _ in range(8):
        moved = {n: w * (1 + np.sqrt(w.shape[-1]) * 2.0**-24 * generator.uniform(-1, 1, w.shape)) for n, w in weights.items()}
        most = max(most, float(np.abs(run(case, moved, tokens) - truth).max()))
    return most


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "hybrid"
    for case, (C, H, G, N, biases) in CASES.items():
        for seed in SEEDS:
            made = tensors(C, H, G, N, biases)
            weights = {name: uniform(seed, name, tuple(shape), mean, scale) for name, shape, mean, scale in made}
            tokens = make_tokens(seed)[:POSITIONS]
            truth = run(case, weights, tokens)
            away = {m: float(np.abs(run(case, weights, tokens, m) - truth).max()) for m in MUTANTS}
            away = {m: off for m, off in away.items() if off > 0}
            print(f"{case}-{seed}: largest {np.abs(truth).max():.3g}, mutants differ by",
                  {m: float(f"{v:.2g}") for m, v in away.items()})
            config = {"config.rms_norm_eps": str(EPS), "config.head_dim": str(N)}
            golden = {"family": "qrwkv6", "config": config, "tensors": made, "tokens": [int(t) for t in tokens],
                      "nearestMutant": min(away.values()), "rounding": rounding(case, weights, tokens, truth),
                      "logits": [[float(f"{x:.8g}") for x in row[::FEW]] for row in truth]}
            (folder / f"{case}-{seed}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
