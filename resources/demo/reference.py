"""RWKV-7 in NumPy, token by token, written independently of model.py; and golden.json made with it.

    python reference.py        writes golden.json from rookery-demo.safetensors
"""
import json
import pathlib

import numpy as np

import weights
from vocab import END, Vocabulary

HERE = pathlib.Path(__file__).parent
PROMPTS = ["User: Hello!\n\nAssistant:", "User: What is 12 plus 7?\n\nAssistant:",
           "User: How do I mix two states?\n\nAssistant: Open the Mixer page, add both states and move their faders.\n\nUser: 大雁吃什么？\n\nAssistant:"]


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _norm(x, weight, bias, eps):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps) * weight + bias


class Reference:
    """The shipped weights, run in the given precision; state is a list of (shift, matrix, shift) per layer."""

    def __init__(self, path=HERE / "rookery-demo.safetensors", dtype=np.float64):
        self.t = {n: (x.reshape(-1) if x.ndim == 3 else x).astype(dtype) for n, x in weights.read(path).items()}
        self.rows, self.width = self.t["emb.weight"].shape
        self.heads, self.size = self.t["blocks.0.att.r_k"].shape
        self.layers = 1 + max(int(n.split(".")[1]) for n in self.t if n.startswith("blocks."))
        self.blocks = [{n.split(".", 2)[2]: w for n, w in self.t.items() if n.startswith(f"blocks.{i}.")} for i in range(self.layers)]
        self.dtype = dtype
        self.starts = [np.zeros((self.heads, self.size, self.size), dtype)] * self.layers

    def begin(self):
        """The state before the first token: zero, but for a tuned wkv state."""
        return [[np.zeros(self.width, self.dtype), start.copy(), np.zeros(self.width, self.dtype)] for start in self.starts]

    def step(self, token, state):
        """Logits after one token; the state is changed in place."""
        t = self.t
        x = _norm(t["emb.weight"][token], t["blocks.0.ln0.weight"], t["blocks.0.ln0.bias"], 1e-5)
        v_first = None
        for i in range(self.layers):
            p = self.blocks[i]
            y, v_first = self._time(p, i, _norm(x, p["ln1.weight"], p["ln1.bias"], 1e-5), state[i], v_first)
            x = x + y
            x = x + self._channel(p, _norm(x, p["ln2.weight"], p["ln2.bias"], 1e-5), state[i])
        return t["head.weight"] @ _norm(x, t["ln_out.weight"], t["ln_out.bias"], 1e-5)

    def _time(self, p, layer, x, state, v_first):
        H, N = self.heads, self.size
        delta, state[0] = state[0] - x, x
        xr, xw, xk, xv, xa, xg = (x + delta * p["att.x_" + c] for c in "rwkvag")
        r, k, v = p["att.receptance.weight"] @ xr, p["att.key.weight"] @ xk, p["att.value.weight"] @ xv
        d = np.exp(-np.exp(-0.5) * _sigmoid(p["att.w0"] + np.tanh(xw @ p["att.w1"]) @ p["att.w2"]))
        a = _sigmoid(p["att.a0"] + xa @ p["att.a1"] @ p["att.a2"])
        g = _sigmoid(xg @ p["att.g1"]) @ p["att.g2"]
        kappa = (k * p["att.k_k"]).reshape(H, N)
        kappa = kappa / np.maximum(np.sqrt((kappa * kappa).sum(1, keepdims=True)), 1e-12)
        k = k * (1 + (a - 1) * p["att.k_a"])
        if layer == 0:
            v_first = v
        else:
            v = v + (v_first - v) * _sigmoid(p["att.v0"] + xv @ p["att.v1"] @ p["att.v2"])
        r, k, v, a, d = (z.reshape(H, N) for z in (r, k, v, a, d))
        S = state[1]
        s = -np.einsum("hij,hj->hi", S, kappa)
        S = S * d[:, None, :] + s[:, :, None] * (kappa * a)[:, None, :] + v[:, :, None] * k[:, None, :]
        state[1] = S
        y = np.einsum("hij,hj->hi", S, r)
        y = _norm(y, p["att.ln_x.weight"].reshape(H, N), p["att.ln_x.bias"].reshape(H, N), 64e-5)
        y = y + (r * k * p["att.r_k"]).sum(1, keepdims=True) * v
        return p["att.output.weight"] @ (y.reshape(-1) * g), v_first

    def _channel(self, p, x, state):
        delta, state[2] = state[2] - x, x
        return p["ffn.value.weight"] @ np.maximum(p["ffn.key.weight"] @ (x + delta * p["ffn.x_k"]), 0) ** 2

    def read(self, ids, state):
        for token in ids:
            logits = self.step(token, state)
        return logits

    def answer(self, vocabulary, prompt, limit=90, choose=None):
        """The text after the prompt, up to the next turn."""
        choose = choose or (lambda logits: int(logits.argmax()))
        state, ids = self.begin(), []
        logits = self.read(vocabulary.encode(prompt), state)
        while len(ids) < limit:
            token = choose(logits)
            if token == END:
                break
            ids.append(token)
            text = vocabulary.decode(ids)
            if "\n\nUser" in text:
                return text.split("\n\nUser")[0].strip()
            logits = self.step(token, state)
        return vocabulary.decode(ids).strip()


def main():
    vocabulary, model, out = Vocabulary(), Reference(), []
    for prompt in PROMPTS:
        ids, state, follow = vocabulary.encode(prompt), model.begin(), []
        logits = first = model.read(ids, state)
        while len(follow) < 24:
            follow.append(int(logits.argmax()))
            logits = model.step(follow[-1], state)
        out.append({"prompt": prompt, "ids": ids, "greedy": follow, "text": vocabulary.decode(follow), "logits": [float(x) for x in first[:16]]})
    text = json.dumps({"about": "float64 reference of rookery-demo.safetensors; greedy goes on past the end of text", "cases": out}, ensure_ascii=False, indent=1)
    (HERE / "golden.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
