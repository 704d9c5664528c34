#!/usr/bin/env python3
"""Hybrids of RWKV-7 and transformers in float64 for tests/engine/tst_family_hybrid.cpp, written from the equations of
RWKV-Infer's models and their trainers (ARWKV-7, PRWKV cxa07x, HRWKV hxa079 and hxa07a).

Run without arguments it writes tests/data/hybrid/<case>-<seed>.json: which tensors a model has and how their numbers
are made (support/tiny_rwkv7.h makes the same), the configuration, and the logits. Needs NumPy only.
"""
import json
import pathlib

import numpy as np

from rwkv7_numpy import FEW, SEEDS, V, make_tokens, sigmoid, uniform

POSITIONS = 16
EPS = 1e-5
RANKS = {"w": 8, "a": 12, "v": 4, "g": 16, "k": 6}
#        width, heads, key heads, head size, layers ("r": recurrence, "a": attention), context
CASES = {
    "arwkv7": (48, 3, 3, 16, "rr", 0), "arwkv7-no-gate": (48, 3, 3, 16, "rr", 0), "arwkv7-ln-x": (48, 3, 3, 16, "rr", 0),
    "cxa073": (40, 4, 2, 16, "rr", 0), "cxa075": (40, 4, 2, 16, "rr", 0), "cxa076": (40, 4, 2, 16, "rr", 0),
    "cxa076r": (40, 4, 1, 16, "rr", 0), "hxa079": (40, 4, 2, 16, "rarr", 64), "hxa079-full": (40, 4, 2, 16, "arra", 6),
    "hxa07a": (40, 4, 2, 16, "rara", 64),
}
MUTANTS = ("no_positions", "positions_off_by_one", "other_key_head", "no_first_values", "decay_with_0.6", "no_scale",
           "attention_sees_all", "layer_norm")


def tensors(case, width, heads, keys, size, layers):
    out = []

    def add(name, shape, mean, scale):
        out.append((name, list(shape), float(mean), float(scale)))

    C, A, G, F = width, heads * size, keys * size, 56
    to = lambda n: 1.5 / np.sqrt(n)
    add("emb.weight", (V, C), 0, 1)
    first = layers.index("r")
    for i, kind in enumerate(layers):
        b = f"blocks.{i}."
        a = b + "att."
        add(b + "ln1.weight", (C,), 1, 0.25)
        add(b + "ln2.weight", (C,), 1, 0.25)
        add(b + "ffn.gate.weight", (F, C), 0, to(C))
        add(b + "ffn.up.weight", (F, C), 0, to(C))
        add(b + "ffn.down.weight", (C, F), 0, to(F))
        if kind == "a":
            for name, rows in (("q_proj", A), ("k_proj", G), ("v_proj", G)):
                add(a + name + ".weight", (rows, C), 0, to(C))
                if case == "hxa079":
                    add(a + name + ".bias", (rows,), 0, 0.5)
            add(a + "o_proj.weight", (C, A), 0, to(A))
            add(a + "ln_r.weight", (size,), 1, 0.5)
            add(a + "ln_k.weight", (size,), 1, 0.5)
            continue
        for name, rows in (("receptance", A), ("key", G), ("value", G)):
            add(a + name + ".weight", (rows, C), 0, to(C))
            if not case.startswith("arwkv7") and case != "hxa07a":
                add(a + name + ".bias", (rows,), 0, 0.5)
        add(a + "output.weight", (C, A), 0, to(A))
        gated = case not in ("cxa073", "arwkv7-no-gate")
        if case.startswith("arwkv7"):
            for name in ("r", "w", "k", "v", "a") + (("g",) if gated else ()):
                add(a + "x_" + name, (1, 1, C), 0.5, 0.5)
        values = i != first and case != "hxa07a"
        for name, wide in (("w", A), ("a", A)) + ((("g", A),) if gated else ()) + (
                (("v", G if case.startswith("hxa") else A),) if values else ()) + (
                    (("k", G),) if values and case.startswith("hxa079") else ()):
            add(a + name + "1", (C, RANKS[name]), 0, to(C))
            add(a + name + "2", (RANKS[name], wide), 0, to(RANKS[name]))
            if name != "g":
                add(a + name + "0", (wide,), -1 if name == "w" else 0, 2 if name == "w" else 1)
        if case != "hxa07a":
            add(a + "r_k", (heads, size), 0, 0.25)
        if case.startswith("arwkv7") or case in ("cxa073", "cxa075"):
            add(a + "k_k", (A,), 0.75, 0.25)
            add(a + "k_a", (A,), 0.5, 0.5)
        if case in ("arwkv7-ln-x", "cxa073"):
            add(a + "ln_x.weight", (A,), 1, 0.25)
            add(a + "ln_x.bias", (A,), 0, 0.125)
        if case in ("cxa076r", "hxa079", "hxa079-full"):
            add(a + "ln_r.weight", (size,), 1, 0.5)
            add(a + "ln_k.weight", (size,), 1, 0.5)
    add("ln_out.weight", (C,), 1, 0.25)
    add("head.weight", (V, C), 0, to(C))
    return out


def rms(x, gain):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + EPS) * gain


def rope(x, position, theta):
    half = x.shape[-1] // 2
    angle = position * theta ** (-np.arange(half) / half)
    cos, sin = np.concatenate([np.cos(angle)] * 2), np.concatenate([np.sin(angle)] * 2)
    return x * cos + np.concatenate([-x[..., half:], x[..., :half]], axis=-1) * sin


class Model:
    def __init__(self, case, weights, mutant):
        self.case, self.mutant = case, mutant
        self.C, self.H, self.G, self.N, self.layers, self.context = CASES[case]
        self.p = {n: w.astype(np.float64).reshape(-1) if w.ndim == 3 else w.astype(np.float64)
                  for n, w in weights.items()}
        self.position, self.last, self.state, self.cache = 0, {}, {}, {}
        self.theta = 100.0

    def norm(self, x, gain):
        if self.mutant == "layer_norm":
            x = x - x.mean()
        return rms(x, gain)

    def lora(self, name, x, middle=lambda z: z):
        p = self.p
        return p.get(name + "0", 0.0) + middle(x @ p[name + "1"]) @ p[name + "2"]

    def linear(self, name, x):
        return self.p[name + ".weight"] @ x + self.p.get(name + ".bias", 0.0)

    def shared(self, x):
        repeat = np.tile(x, (self.H // self.G, 1)) if self.mutant == "other_key_head" else np.repeat(
            x, self.H // self.G, axis=0)
        return repeat

    def attention(self, i, y):
        a = f"blocks.{i}.att."
        q = self.linear(a + "q_proj", y).reshape(self.H, self.N)
        k = self.linear(a + "k_proj", y).reshape(self.G, self.N)
        v = self.linear(a + "v_proj", y).reshape(self.G, self.N)
        cache = self.cache.setdefault(i, [])
        cache.append((rms(k, self.p[a + "ln_k.weight"]), v))
        q = rms(q, self.p[a + "ln_r.weight"])
        seen = cache if self.mutant == "attention_sees_all" else cache[-self.context:]
        out = np.zeros((self.H, self.N))
        for h in range(self.H):
            g = h % self.G if self.mutant == "other_key_head" else h // (self.H // self.G)
            score = np.array([q[h] @ k[g] for k, _ in seen]) / (1 if self.mutant == "no_scale" else np.sqrt(self.N))
            weight = np.exp(score - score.max())
            out[h] = weight @ np.array([v[g] for _, v in seen]) / weight.sum()
        return self.linear(a + "o_proj", out.reshape(-1))

    def recurrence(self, i, y):
        p, a, H, G, N, case = self.p, f"blocks.{i}.att.", self.H, self.G, self.N, self.case
        hybrid = case.startswith("hxa")
        mixed = {c: y for c in "rwkvag"}
        if case.startswith("arwkv7"):
            before = self.last.get(i, np.zeros(self.C))
            mixed = {c: y + (before - y) * p.get(a + "x_" + c, 0.0) for c in "rwkvag"}
            self.last[i] = y
        r = self.linear(a + "receptance", mixed["r"]).reshape(H, N)
        k = self.linear(a + "key", mixed["k"]).reshape(G, N)
        v = self.linear(a + "value", mixed["v"]).reshape(G, N)
        if a + "ln_r.weight" in p:
            r, k = rms(r, p[a + "ln_r.weight"]), rms(k, p[a + "ln_k.weight"])
        if hybrid and self.mutant != "no_positions":
            at = self.position + (1 if self.mutant == "positions_off_by_one" and i > 0 and self.position > 3 else 0)
            r, k = rope(r, at, self.theta), rope(k, at, self.theta)
        leads = i == self.layers.index("r")
        if case.startswith("hxa079"):
            if leads:
                self.first = (v, k)
            elif self.mutant != "no_first_values":
                v = v + (self.first[0] - v) * sigmoid(self.lora(a + "v", y)).reshape(G, N)
                k = k + (self.first[1] - k) * sigmoid(self.lora(a + "k", y)).reshape(G, N)
        k, v = self.shared(k), self.shared(v)
        if not hybrid:
            if leads:
                self.first = v
            elif self.mutant != "no_first_values":
                v = v + (self.first - v) * sigmoid(self.lora(a + "v", mixed["v"])).reshape(H, N)
        iclr = sigmoid(self.lora(a + "a", mixed["a"])).reshape(H, N)
        w = self.lora(a + "w", mixed["w"], np.tanh).reshape(H, N)
        w = -np.log1p(np.exp(-w)) - (0.6 if self.mutant == "decay_with_0.6" else 0.5)
        plain = case.startswith("arwkv7") or case in ("cxa073", "cxa075")
        kappa = k * p[a + "k_k"].reshape(H, N) if plain else k
        kappa = kappa / np.maximum(np.sqrt((kappa * kappa).sum(1, keepdims=True)), 1e-12)
        k = k * (1 + (iclr - 1) * p[a + "k_a"].reshape(H, N)) if plain else k * (1 - w + iclr)
        d = np.exp(-np.exp(w))
        S = self.state.setdefault(i, np.zeros((H, N, N)))
        out = np.zeros((H, N))
        for h in range(H):
            S[h] = S[h] * d[h] + np.outer(S[h] @ -kappa[h], kappa[h] * iclr[h]) + np.outer(v[h], k[h])
            out[h] = S[h] @ r[h]
        if a + "ln_x.weight" in p:
            out = (out - out.mean(1, keepdims=True)) / np.sqrt(out.var(1, keepdims=True) + 64e-5)
            out = out * p[a + "ln_x.weight"].reshape(H, N) + p[a + "ln_x.bias"].reshape(H, N)
        elif not plain and self.mutant != "no_scale":
            out = out / np.sqrt(N)
        if a + "r_k" in p:
            out = out + (r * k * p[a + "r_k"]).sum(1, keepdims=True) * v
        out = out.reshape(-1)
        if a + "g1" in p:
            out = out * (self.lora(a + "g", mixed["g"], sigmoid) + (1 if case == "cxa075" else 0))
        return self.linear(a + "output", out)

    def logits(self, token):
        p = self.p
        x = p["emb.weight"][token]
        for i, kind in enumerate(self.layers):
            b = f"blocks.{i}."
            y = self.norm(x, p[b + "ln1.weight"])
            x = x + (self.attention(i, y) if kind == "a" else self.recurrence(i, y))
            y = self.norm(x, p[b + "ln2.weight"])
            gate = p[b + "ffn.gate.weight"] @ y
            x = x + p[b + "ffn.down.weight"] @ (gate * sigmoid(gate) * (p[b + "ffn.up.weight"] @ y))
        self.position += 1
        return p["head.weight"] @ self.norm(x, p["ln_out.weight"])


def run(case, weights, tokens, mutant=None):
    model = Model(case, weights, mutant)
    return np.array([model.logits(token) for token in tokens])


def rounding(case, weights, tokens, truth):
    """How far the logits move if every product of n terms is off by what float32 does to it: as if its weights were
    off by sqrt(n) 2^-24. Norms of heads make some models much more sensitive than others."""
    generator = np.random.default_rng(1)
    most = 0.0
    for _ in range(8):
        moved = {n: w * (1 + np.sqrt(w.shape[-1]) * 2.0**-24 * generator.uniform(-1, 1, w.shape)) for n, w in weights.items()}
        most = max(most, float(np.abs(run(case, moved, tokens) - truth).max()))
    return most


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "hybrid"
    folder.mkdir(parents=True, exist_ok=True)
    for case, (C, H, G, N, layers, context) in CASES.items():
        for seed in SEEDS:
            made = tensors(case, C, H, G, N, layers)
            weights = {name: uniform(seed, name, tuple(shape), mean, scale) for name, shape, mean, scale in made}
            tokens = make_tokens(seed)[:POSITIONS]
            truth = run(case, weights, tokens)
            away = {}
            for mutant in MUTANTS:
                off = float(np.abs(run(case, weights, tokens, mutant) - truth).max())
                if off > 0:
                    away[mutant] = off
            print(f"{case}-{seed}: largest {np.abs(truth).max():.3g}, mutants differ by",
                  {m: float(f"{v:.2g}") for m, v in away.items()})
            config = {"config.rms_norm_eps": str(EPS), "config.rope_theta": "100.0", "config.head_dim": str(N)}
            if context:
                config["config.max_position_embeddings"] = str(context)
            if case == "hxa07a":
                config["config.rwkv_architecture"] = '"hxa07a"'
            golden = {"config": config, "tensors": made, "tokens": [int(t) for t in tokens], "nearestMutant": min(away.values()),
                      "rounding": rounding(case, weights, tokens, truth),
                      "logits": [[float(f"{x:.8g}") for x in row[::FEW]] for row in truth]}
            (folder / f"{case}-{seed}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
