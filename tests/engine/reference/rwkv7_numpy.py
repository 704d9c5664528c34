#!/usr/bin/env python3
"""RWKV-7 in float64, written from the equations of the paper (arXiv:2503.14456) for tests/engine/tst_family_rwkv7.cpp.

Run without arguments it writes the goldens in tests/data/rwkv7: one <case>.bin per model and seed, little-endian
float32, T = 24 positions; of the V = 256 logits of a position only some are kept:
    truth, every FEW-th logit                                          [T, V / FEW]
    one block for each entry of MUTANTS, every MANY-th logit           [T, V / MANY]
    (and of DEEP_MUTANTS in a model with deep embeddings, RWKV-7a)
    the truth with matrices rounded to bf16, then to fp16, MANY-th     [T, V / MANY]
Weights and tokens come from a counter-based generator that tests/support/tiny_rwkv7.h repeats, so that they need not be
stored. Needs NumPy only.
"""
import pathlib

import numpy as np

T, V, FEW, MANY = 24, 256, 4, 32
RANKS = {"w": 16, "a": 24, "v": 8, "g": 40}
#        name            layers width head hidden rank of deep embeddings
CASES = [("l2-c64", 2, 64, 64, 256, 0), ("l3-c128", 3, 128, 64, 512, 0), ("l2-c192", 2, 192, 64, 576, 0),
         ("l2-c96-n32", 2, 96, 32, 384, 0), ("l2-c64-deep", 2, 64, 32, 256, 12)]
SEEDS = (1, 2)
MUTANTS = ("a_lora_ignored", "v_first_dropped", "k_a_one", "decay_constant", "r_k_zero", "group_norm_eps",
           "shift_of_wrong_token", "state_transposed")
DEEP_MUTANTS = ("deep_matrix_transposed", "deep_of_mixed_input", "deep_without_embedding")


# ---- numbers

def splitmix64(x):
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def bits(seed, name, count):
    """`count` 64-bit numbers that depend on seed and name."""
    key = 0xCBF29CE484222325  # FNV-1a
    for byte in f"{seed}/{name}".encode():
        key = ((key ^ byte) * 0x100000001B3) % 2**64
    counters = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return splitmix64(counters + np.uint64(key))


def uniform(seed, name, shape, mean, scale):
    """float32 numbers in mean -+ scale."""
    u = (bits(seed, name, int(np.prod(shape))) >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1.0
    return (float(mean) + float(np.float32(scale)) * u).astype(np.float32).reshape(shape)


def make_model(seed, layers, C, N, F, deep=0):
    w = {}

    def add(name, shape, mean, scale):
        w[name] = uniform(seed, name, shape, mean, scale)

    def norm(name, spread):
        add(name + ".weight", (C,), 1.0, 0.25)
        add(name + ".bias", (C,), 0.0, spread)

    add("emb.weight", (V, C), 0.0, 1.0)
    norm("blocks.0.ln0", 0.25)
    for i in range(layers):
        b = f"blocks.{i}."
        norm(b + "ln1", 0.25)
        norm(b + "ln2", 0.25)
        for name in ("x_r", "x_w", "x_k", "x_v", "x_a", "x_g"):
            add(b + "att." + name, (1, 1, C), 0.5, 0.5)
        add(b + "att.w0", (1, 1, C), -1.0, 2.0)
        add(b + "att.a0", (1, 1, C), 0.0, 1.0)
        if i > 0:
            add(b + "att.v0", (1, 1, C), 0.0, 1.0)
        for name, rank in RANKS.items():
            if name == "v" and i == 0:
                continue
            add(b + f"att.{name}1", (C, rank), 0.0, 1.5 / np.sqrt(C))
            add(b + f"att.{name}2", (rank, C), 0.0, 1.5 / np.sqrt(rank))
        add(b + "att.k_k", (1, 1, C), 0.75, 0.25)
        add(b + "att.k_a", (1, 1, C), 0.5, 0.5)
        add(b + "att.r_k", (C // N, N), 0.0, 0.25)
        for name in ("receptance", "key", "value", "output"):
            add(b + f"att.{name}.weight", (C, C), 0.0, 1.5 / np.sqrt(C))
        norm(b + "att.ln_x", 0.125)
        add(b + "ffn.x_k", (1, 1, C), 0.5, 0.5)
        add(b + "ffn.key.weight", (F, C), 0.0, 1.5 / np.sqrt(C))
        add(b + "ffn.value.weight", (C, F), 0.0, 1.0 / np.sqrt(F))
        if deep:
            add(b + "ffn.s_emb.weight", (V, deep * deep), 0.0, 0.5)
            add(b + "ffn.s_emb_x.weight", (deep * deep, C), 0.0, 0.5 / np.sqrt(C))
            add(b + "ffn.s0", (1, 1, F), 1.0, 0.5)
            add(b + "ffn.s1", (C, deep), 0.0, 1.5 / np.sqrt(C))
            add(b + "ffn.s2", (deep, F), 0.0, 1.5 / np.sqrt(deep))
    norm("ln_out", 0.25)
    add("head.weight", (V, C), 0.0, 1.5 / np.sqrt(C))
    return w


def make_tokens(seed):
    return [int(x) for x in bits(seed, "tokens", T) % np.uint64(V)]


def to_bf16(x):
    raw = x.view(np.uint32)
    raw = raw + np.uint32(0x7FFF) + ((raw >> np.uint32(16)) & np.uint32(1))
    return (raw & np.uint32(0xFFFF0000)).view(np.float32)


def to_fp16(x):
    return x.astype(np.float16).astype(np.float32)


def is_matrix(name):
    """What a 16-bit strategy rounds: projections, low-rank factors and the head."""
    leaf = name.split(".")[-1]
    return "emb.weight" not in name and not ".ln" in name and not name.startswith("ln") and (
        leaf == "weight" or leaf in [f"{c}{n}" for c in "wavgs" for n in (1, 2)])


# ---- the model

def layer_norm(x, weight, bias):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * weight + bias


def group_norm(x, heads, weight, bias, eps):
    x = x.reshape(heads, -1)
    x = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps)
    return x.reshape(-1) * weight + bias


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def run(weights, tokens, mutant=None, mixture=None):
    """Logits behind every token, [len(tokens), V]. `mixture(prefix, x, key, value)` stands for the channel mix behind its
    shift."""
    p = {name: value.astype(np.float64).squeeze() for name, value in weights.items()}
    layers = 1 + max(int(name.split(".")[1]) for name in p if name.startswith("blocks."))
    H, N = weights["blocks.0.att.r_k"].shape
    C = H * N
    history = {}  # name of a norm -> its outputs so far
    # [head][value][key], also as tuned states hold it
    state = [weights.get(f"blocks.{i}.att.time_state", np.zeros((H, N, N))).astype(np.float64) for i in range(layers)]
    back = 2 if mutant == "shift_of_wrong_token" else 1

    def shifted(name, x):
        seen = history.setdefault(name, [])
        before = seen[-back] if len(seen) >= back else np.zeros(C)
        seen.append(x)
        return before - x

    out = []
    for token in tokens:
        x = layer_norm(p["emb.weight"][token], p["blocks.0.ln0.weight"], p["blocks.0.ln0.bias"])
        v_first, embedded = None, x
        for i in range(layers):
            b = f"blocks.{i}."
            a_ = b + "att."
            # time mix
            xx = layer_norm(x, p[b + "ln1.weight"], p[b + "ln1.bias"])
            delta = shifted(b + "ln1", xx)
            xr, xw, xk, xv, xa, xg = (xx + delta * p[a_ + "x_" + c] for c in "rwkvag")
            r = p[a_ + "receptance.weight"] @ xr
            k = p[a_ + "key.weight"] @ xk
            v = p[a_ + "value.weight"] @ xv
            omega = p[a_ + "w0"] + np.tanh(xw @ p[a_ + "w1"]) @ p[a_ + "w2"]
            constant = 0.6 if mutant == "decay_constant" else np.exp(-0.5)
            decay = np.exp(-constant * sigmoid(omega))
            lora = 0.0 if mutant == "a_lora_ignored" else (xa @ p[a_ + "a1"]) @ p[a_ + "a2"]
            a = sigmoid(p[a_ + "a0"] + lora)
            g = sigmoid(xg @ p[a_ + "g1"]) @ p[a_ + "g2"]
            kappa = (k * p[a_ + "k_k"]).reshape(H, N)
            kappa = kappa / np.maximum(np.sqrt((kappa * kappa).sum(1, keepdims=True)), 1e-12)
            k_a = 1.0 if mutant == "k_a_one" else p[a_ + "k_a"]
            k = k * (1.0 + (a - 1.0) * k_a)
            if i == 0:
                v_first = v
            elif mutant != "v_first_dropped":
                v = v + (v_first - v) * sigmoid(p[a_ + "v0"] + (xv @ p[a_ + "v1"]) @ p[a_ + "v2"])
            y = np.zeros((H, N))
            for h in range(H):
                rows = slice(h * N, (h + 1) * N)
                S = state[i][h].T if mutant == "state_transposed" else state[i][h]
                removal = np.outer(S @ -kappa[h], kappa[h] * a[rows])
                S = S * decay[rows][None, :] + removal + np.outer(v[rows], k[rows])
                state[i][h] = S
                y[h] = S @ r[rows]
            eps = 1e-5 if mutant == "group_norm_eps" else 64e-5
            y = y * (1.0 + weights.get(a_ + "time_offset", np.zeros(C)).astype(np.float64).reshape(H, N))
            y = group_norm(y.reshape(-1), H, p[a_ + "ln_x.weight"], p[a_ + "ln_x.bias"], eps)
            r_k = 0.0 if mutant == "r_k_zero" else weights[a_ + "r_k"].astype(np.float64)
            bonus = (r.reshape(H, N) * k.reshape(H, N) * r_k).sum(1, keepdims=True)
            y = y + (bonus * v.reshape(H, N)).reshape(-1)
            x = x + p[a_ + "output.weight"] @ (y * g)
            # channel mix
            xx = layer_norm(x, p[b + "ln2.weight"], p[b + "ln2.bias"])
            mixed = xx + shifted(b + "ln2", xx) * p[b + "ffn.x_k"]
            if mixture:
                x = x + mixture(b + "ffn.", mixed, p[b + "ffn.key.weight"], p[b + "ffn.value.weight"])
                continue
            k = np.maximum(p[b + "ffn.key.weight"] @ mixed, 0.0) ** 2
            if b + "ffn.s1" in p:
                s = p[b + "ffn.s_emb.weight"][token]
                if mutant != "deep_without_embedding":
                    s = s + p[b + "ffn.s_emb_x.weight"] @ embedded
                rank = p[b + "ffn.s1"].shape[1]
                s = s.reshape(rank, rank)
                s = s.T if mutant == "deep_matrix_transposed" else s
                inner = (mixed if mutant == "deep_of_mixed_input" else xx) @ p[b + "ffn.s1"]
                k = k * (inner @ s @ p[b + "ffn.s2"] + p[b + "ffn.s0"])
            x = x + p[b + "ffn.value.weight"] @ k
        out.append(p["head.weight"] @ layer_norm(x, p["ln_out.weight"], p["ln_out.bias"]))
    return np.array(out)


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "data" / "rwkv7"
    folder.mkdir(parents=True, exist_ok=True)
    for name, layers, width, head, hidden, deep in CASES:
        for seed in SEEDS:
            weights = make_model(seed, layers, width, head, hidden, deep)
            tokens = make_tokens(seed)
            truth = run(weights, tokens)
            blocks = [truth[:, ::FEW]]
            for mutant in MUTANTS + (DEEP_MUTANTS if deep else ()):
                wrong = run(weights, tokens, mutant)
                print(f"{name}-{seed} {mutant}: differs by {np.abs(wrong - truth).max():.3g} of {np.abs(truth).max():.3g}")
                blocks.append(wrong[:, ::MANY])
            for rounded in (to_bf16, to_fp16):
                coarse = {n: rounded(w) if is_matrix(n) else w for n, w in weights.items()}
                blocks.append(run(coarse, tokens)[:, ::MANY])
            data = np.concatenate([block.astype("<f4").reshape(-1) for block in blocks])
            (folder / f"{name}-{seed}.bin").write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
