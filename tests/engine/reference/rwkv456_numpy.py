#!/usr/bin/env python3
"""RWKV-4, 5.0, 5.1, 5.2 and 6 in float64 for tests/engine/tst_family_rwkv456.cpp, written from the equations of the
papers (arXiv:2305.13048, arXiv:2404.05892) and the names in BlinkDL/RWKV-LM's files.

Run without arguments it writes the goldens in tests/data/rwkv456, in the layout of rwkv7_numpy.py: the truth, one block
for each mutant of the family, the truth with matrices rounded to bf16 and to fp16. tests/support/tiny_rwkv456.h makes
the same weights. Needs NumPy only.
"""
import pathlib

import numpy as np

from rwkv7_numpy import (FEW, MANY, SEEDS, V, group_norm, layer_norm, make_tokens, sigmoid, to_bf16, to_fp16, uniform)

MIX_RANK, DECAY_RANK = 12, 20
#        family, layers, width, head, hidden
CASES = [("4", 2, 64, 1, 256), ("4", 3, 96, 1, 160), ("5.0", 2, 64, 16, 256), ("5.1", 2, 128, 64, 448),
         ("5.2", 2, 128, 64, 448), ("5.2", 3, 96, 32, 320), ("6", 2, 128, 64, 448), ("6", 3, 96, 32, 320)]
COMMON = ("shift_of_wrong_token", "mix_of_other_row", "ffn_gate_dropped", "decay_not_exponential", "bonus_dropped")
MATRIX = COMMON + ("state_after_update", "state_transposed", "group_norm_eps")
MUTANTS = {
    "4": COMMON + ("receptance_not_squashed",),
    "5.0": MATRIX + ("bonus_is_no_logarithm",),
    "5.1": MATRIX + ("gate_is_sigmoid",),
    "5.2": MATRIX + ("gate_is_sigmoid",),
    "6": MATRIX + ("gate_is_sigmoid", "mixes_in_other_order", "decay_of_no_data", "mixes_not_squashed"),
}


def make_model(seed, family, layers, C, N, F):
    w = {}
    H = C // N

    def add(name, shape, mean, scale):
        w[name] = uniform(seed, name, shape, mean, scale)

    def norm(name, spread):
        add(name + ".weight", (C,), 1.0, 0.25)
        add(name + ".bias", (C,), 0.0, spread)

    mixing = "time_maa_" if family == "6" else "time_mix_"
    mixes = {"4": "kvr", "5.0": "kvr", "6": "xwkvrg"}.get(family, "kvrg")
    gated = family not in ("4", "5.0")
    add("emb.weight", (V, C), 0.0, 1.0)
    norm("blocks.0.ln0", 0.25)
    for i in range(layers):
        b = f"blocks.{i}."
        norm(b + "ln1", 0.25)
        norm(b + "ln2", 0.25)
        for name in mixes:
            add(b + "att." + mixing + name, (1, 1, C), 0.5, 0.5)
        if family == "4":
            add(b + "att.time_decay", (C,), -1.0, 3.0)
            add(b + "att.time_first", (C,), 0.0, 1.0)
        else:
            norm(b + "att.ln_x", 0.125)
            decay = {"5.0": (H,), "5.1": (H, 1), "5.2": (H, N), "6": (1, 1, C)}[family]
            bonus = {"5.0": (H,), "5.1": (H, 1), "5.2": (H, N), "6": (H, N)}[family]
            add(b + "att.time_decay", decay, -2.0, 3.0)
            add(b + ("att.time_first" if family == "5.0" else "att.time_faaaa"), bonus, 0.0, 0.75)
        if family == "6":
            add(b + "att.time_maa_w1", (C, 5 * MIX_RANK), 0.0, 1.5 / np.sqrt(C))
            add(b + "att.time_maa_w2", (5, MIX_RANK, C), 0.0, 0.75 / np.sqrt(MIX_RANK))
            add(b + "att.time_decay_w1", (C, DECAY_RANK), 0.0, 1.5 / np.sqrt(C))
            add(b + "att.time_decay_w2", (DECAY_RANK, C), 0.0, 1.5 / np.sqrt(DECAY_RANK))
        for name in ("receptance", "key", "value", "output") + (("gate",) if gated else ()):
            add(b + f"att.{name}.weight", (C, C), 0.0, 1.5 / np.sqrt(C))
        for name in "kr":
            add(b + "ffn." + mixing + name, (1, 1, C), 0.5, 0.5)
        add(b + "ffn.key.weight", (F, C), 0.0, 1.5 / np.sqrt(C))
        add(b + "ffn.receptance.weight", (C, C), 0.0, 1.5 / np.sqrt(C))
        add(b + "ffn.value.weight", (C, F), 0.0, 1.0 / np.sqrt(F))
    norm("ln_out", 0.25)
    add("head.weight", (V, C), 0.0, 1.5 / np.sqrt(C))
    return w


def is_matrix(name):
    """What a 16-bit strategy rounds: projections, low-rank factors and the head."""
    return name != "emb.weight" and ".ln" not in name and not name.startswith("ln") and name.endswith(
        (".weight", "_w1", "_w2"))


class Model:
    """One sequence, one token after the other."""

    def __init__(self, family, head, weights, mutant):
        self.family, self.mutant = family, mutant
        self.p = {name: value.astype(np.float64) for name, value in weights.items()}
        self.flat = {name: value.squeeze() for name, value in self.p.items()}
        self.C = weights["emb.weight"].shape[1]
        self.N, self.H = head, self.C // head
        self.layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
        self.history = {}  # name of a norm -> its outputs so far
        self.state = {}

    def before(self, name, x):
        """The same norm's output for the token before."""
        seen = self.history.setdefault(name, [np.zeros(self.C)] * 2)
        seen.append(x)
        return seen[-3 if self.mutant == "shift_of_wrong_token" else -2]

    def mix(self, x, last, m):
        if (self.family == "6") != (self.mutant == "mix_of_other_row"):
            return x * (1 - m) + last * m
        return x * m + last * (1 - m)

    def decay(self, w):
        return np.exp(-np.abs(w)) if self.mutant == "decay_not_exponential" else np.exp(-np.exp(w))

    def time_mix_4(self, i, x):
        p, a = self.flat, f"blocks.{i}.att."
        last = self.before(a, x)
        xk, xv, xr = (self.mix(x, last, p[a + "time_mix_" + c]) for c in "kvr")
        r = p[a + "receptance.weight"] @ xr
        r = r if self.mutant == "receptance_not_squashed" else sigmoid(r)
        k, v = p[a + "key.weight"] @ xk, p[a + "value.weight"] @ xv
        u = 0.0 if self.mutant == "bonus_dropped" else p[a + "time_first"]
        # The plain weighted average: sum of exp(k) v over sum of exp(k), in float64.
        num, den = self.state.get(i, (np.zeros(self.C), np.zeros(self.C)))
        wkv = (num + np.exp(u + k) * v) / (den + np.exp(u + k))
        d = self.decay(p[a + "time_decay"])
        self.state[i] = (d * num + np.exp(k) * v, d * den + np.exp(k))
        return p[a + "output.weight"] @ (r * wkv)

    def mixes_6(self, i, x, last):
        p, a = self.flat, f"blocks.{i}.att."
        z = self.mix(x, last, p[a + "time_maa_x"]) @ p[a + "time_maa_w1"]
        z = (z if self.mutant == "mixes_not_squashed" else np.tanh(z)).reshape(5, MIX_RANK)
        order = "rkvwg" if self.mutant == "mixes_in_other_order" else "wkvrg"
        return {c: self.mix(x, last, p[a + "time_maa_" + c] + z[n] @ p[a + "time_maa_w2"][n])
                for n, c in enumerate(order)}

    def bonus(self, a):
        if self.mutant == "bonus_dropped":
            return np.zeros((self.H, self.N))
        if a + "time_first" in self.p:
            u = self.p[a + "time_first"]
            u = u if self.mutant == "bonus_is_no_logarithm" else np.exp(u)
        else:
            u = self.p[a + "time_faaaa"]
        return np.broadcast_to(u.reshape(self.H, -1), (self.H, self.N))

    def time_mix(self, i, x):
        p, a = self.flat, f"blocks.{i}.att."
        last = self.before(a, x)
        heads = (self.H, self.N)
        if self.family == "6":
            m = self.mixes_6(i, x, last)
            lora = 0.0 if self.mutant == "decay_of_no_data" else np.tanh(m["w"] @ p[a + "time_decay_w1"]) @ p[
                a + "time_decay_w2"]
            w = p[a + "time_decay"] + lora
        else:
            names = "kvr" if self.family == "5.0" else "kvrg"
            m = {c: self.mix(x, last, p[a + "time_mix_" + c]) for c in names}
            w = self.p[a + "time_decay"]
        d = np.broadcast_to(self.decay(w).reshape(self.H, -1), heads)
        r, k, v = ((p[a + name + ".weight"] @ m[name[0]]).reshape(heads) for name in ("receptance", "key", "value"))
        u = self.bonus(a)
        y = np.zeros(heads)
        tuned = self.p.get(a + "time_state", np.zeros((self.H, self.N, self.N)))  # [head][value][key]
        state = self.state.setdefault(i, tuned.swapaxes(1, 2).copy())  # [head][key][value]
        for h in range(self.H):
            S = state[h].T if self.mutant == "state_transposed" else state[h]
            kv = np.outer(k[h], v[h])
            new = d[h][:, None] * S + kv
            seen = new if self.mutant == "state_after_update" else S
            y[h] = r[h] @ (u[h][:, None] * kv + seen)
            state[h] = new
        eps = 1e-5 if self.mutant == "group_norm_eps" else 64e-5
        y = y * (1.0 + self.p.get(a + "time_offset", np.zeros(self.C)).reshape(heads))
        y = group_norm(y.reshape(-1), self.H, p[a + "ln_x.weight"], p[a + "ln_x.bias"], eps)
        if "g" in m:
            g = p[a + "gate.weight"] @ m["g"]
            y = y * (sigmoid(g) if self.mutant == "gate_is_sigmoid" else g * sigmoid(g))
        return p[a + "output.weight"] @ y

    def channel_mix(self, i, x):
        p, f = self.flat, f"blocks.{i}.ffn."
        last = self.before(f, x)
        mixing = f + ("time_maa_" if self.family == "6" else "time_mix_")
        k = p[f + "key.weight"] @ self.mix(x, last, p[mixing + "k"])
        r = p[f + "receptance.weight"] @ self.mix(x, last, p[mixing + "r"])
        out = p[f + "value.weight"] @ np.maximum(k, 0.0) ** 2
        return out if self.mutant == "ffn_gate_dropped" else sigmoid(r) * out

    def logits(self, token):
        p = self.flat
        x = layer_norm(p["emb.weight"][token], p["blocks.0.ln0.weight"], p["blocks.0.ln0.bias"])
        for i in range(self.layers):
            b = f"blocks.{i}."
            mix = self.time_mix_4 if self.family == "4" else self.time_mix
            x = x + mix(i, layer_norm(x, p[b + "ln1.weight"], p[b + "ln1.bias"]))
            x = x + self.channel_mix(i, layer_norm(x, p[b + "ln2.weight"], p[b + "ln2.bias"]))
        return p["head.weight"] @ layer_norm(x, p["ln_out.weight"], p["ln_out.bias"])


def run(family, head, weights, tokens, mutant=None):
    model = Model(family, head, weights, mutant)
    return np.array([model.logits(token) for token in tokens])


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "rwkv456"
    folder.mkdir(parents=True, exist_ok=True)
    for family, layers, width, head, hidden in CASES:
        for seed in SEEDS:
            weights = make_model(seed, family, layers, width, head, hidden)
            tokens = make_tokens(seed)
            name = f"{family}-l{layers}-c{width}-n{head}-{seed}"
            truth = run(family, head, weights, tokens)
            blocks = [truth[:, ::FEW]]
            for mutant in MUTANTS[family]:
                wrong = run(family, head, weights, tokens, mutant)
                print(f"{name} {mutant}: differs by {np.abs(wrong - truth).max():.3g} of {np.abs(truth).max():.3g}")
                blocks.append(wrong[:, ::MANY])
            for rounded in (to_bf16, to_fp16):
                coarse = {n: rounded(w) if is_matrix(n) else w for n, w in weights.items()}
                blocks.append(run(family, head, coarse, tokens)[:, ::MANY])
            data = np.concatenate([block.astype("<f4").reshape(-1) for block in blocks])
            (folder / f"{name}.bin").write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
