"""RWKV-7 for training in plain PyTorch: tensor names and orientations as in published .pth files."""
import math

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, WIDTH, HEAD = 6, 192, 64
RANK_W, RANK_A, RANK_V, RANK_G = 32, 32, 16, 32
SPAN = 16                                                    # tokens in one piece of the recurrence
DECAY = math.exp(-0.5)


def recurrence(r, log_d, k, v, kappa, a, start=None):
    """S <- S diag(d) - S kappa (kappa a)^T + v k^T, y = S r, from S = start or 0, in pieces of SPAN tokens.

    Everything is [B, T, H, N] in fp32, start [H, N, N] with rows = values, as in state files.  Inside a piece, with D_t the running product of the decays, the vectors
    s_t = -S_{t-1} kappa_t solve a lower triangular system, whose inverse is a short product because it is nilpotent.
    """
    B, T, H, N = r.shape
    pieces = T // SPAN
    r, log_d, k, v, kappa, a = (x.view(B, pieces, SPAN, H, N).permute(1, 0, 3, 2, 4) for x in (r, log_d, k, v, kappa, a))
    total = log_d.cumsum(3)
    grow = torch.exp(-total)
    erase = -kappa * torch.exp(total - log_d)                # reads the old state
    read = r * torch.exp(total)                              # reads the new state
    put_k, put_b = k * grow, kappa * a * grow
    upto = torch.ones(SPAN, SPAN, dtype=r.dtype).tril()
    below = upto.tril(-1)
    put_kt, put_bt = put_k.transpose(3, 4), put_b.transpose(3, 4)
    power = (erase @ put_bt) * below
    solve = torch.eye(SPAN, dtype=r.dtype) + power
    for _ in range(3):
        power = power @ power
        solve = solve + solve @ power
    s_own = solve @ (((erase @ put_kt) * below) @ v)         # the part of s that comes from this piece
    s_old = solve @ erase                                    # times the state: the part that comes from before
    y_bonus = (read @ put_bt) * upto
    y_own = ((read @ put_kt) * upto) @ v + y_bonus @ s_own
    y_old = read + y_bonus @ s_old
    last = torch.exp(total[:, :, :, -1:, :])
    end_k, end_b = (put_k * last).transpose(3, 4), (put_b * last).transpose(3, 4)
    add, turn = end_k @ v + end_b @ s_own, end_b @ s_old
    keep = last.transpose(3, 4)
    state, out = r.new_zeros(B, H, N, N), []                 # [key, value]
    if start is not None:
        state = state + start.transpose(1, 2)
    for own, old, by, turned, added in zip(*(x.unbind(0) for x in (y_own, y_old, keep, turn, add))):
        out.append(own + old @ state)
        state = by * state + turned @ state + added
    return torch.stack(out).permute(1, 0, 3, 2, 4).reshape(B, T, H, N)


def _small(rows, columns, gain):
    return nn.Parameter(nn.init.orthogonal_(torch.empty(rows, columns), gain=gain))


class TimeMix(nn.Module):
    def __init__(self, layer):
        super().__init__()
        C, H = WIDTH, WIDTH // HEAD
        self.layer = layer
        depth, late = layer / max(1, LAYERS - 1), 1 - layer / LAYERS
        ramp = torch.arange(C).float() / C
        line = torch.linspace(-1, 1, C)
        zigzag = torch.tensor([(i % HEAD - (HEAD - 1) / 2) / ((HEAD - 1) / 2) for i in range(C)])
        zigzag = zigzag * zigzag.abs()
        vector = lambda x: nn.Parameter(x.clone().view(1, 1, C))
        for name, power in (("r", 0.2), ("w", 0.9), ("k", 0.7), ("v", 0.7), ("a", 0.9), ("g", 0.2)):
            setattr(self, "x_" + name, vector(1 - ramp ** (power * late)))
        self.w0 = vector(-6.5 + 6 * (torch.arange(C) / (C - 1)) ** (1 + depth ** 0.3) + 2.5 * zigzag)
        self.w1, self.w2 = nn.Parameter(torch.zeros(C, RANK_W)), _small(RANK_W, C, 0.1)
        self.a0 = vector(-0.19 + 0.3 * zigzag + 0.4 * line)
        self.a1, self.a2 = nn.Parameter(torch.zeros(C, RANK_A)), _small(RANK_A, C, 0.1)
        if layer:
            self.v0 = vector(0.73 - 0.4 * line)
            self.v1, self.v2 = nn.Parameter(torch.zeros(C, RANK_V)), _small(RANK_V, C, 0.1)
        self.g1, self.g2 = nn.Parameter(torch.zeros(C, RANK_G)), _small(RANK_G, C, 0.1 * math.sqrt(C / RANK_G))
        self.k_k, self.k_a = vector(0.71 - 0.1 * line), vector(torch.full((C,), 1.02))
        self.r_k = nn.Parameter(torch.full((H, HEAD), -0.04))
        for name, spread in (("receptance", 0.5), ("key", 0.05), ("value", 0.5), ("output", 0)):
            linear = nn.Linear(C, C, bias=False)
            nn.init.uniform_(linear.weight, -spread / C ** 0.5, spread / C ** 0.5)
            setattr(self, name, linear)
        self.ln_x = nn.GroupNorm(H, C, eps=64e-5)
        nn.init.constant_(self.ln_x.weight, ((1 + layer) / LAYERS) ** 0.7)

    def forward(self, x, v_first, start):
        B, T, C = x.shape
        H = C // HEAD
        delta = F.pad(x, (0, 0, 1, -1)) - x
        mix = lambda mu: x + delta * mu
        heads = lambda t: t.float().view(B, T, H, HEAD)
        r, k, v = self.receptance(mix(self.x_r)), self.key(mix(self.x_k)), self.value(x_v := mix(self.x_v))
        log_d = -DECAY * torch.sigmoid((self.w0 + torch.tanh(mix(self.x_w) @ self.w1) @ self.w2).float())
        a = torch.sigmoid((self.a0 + mix(self.x_a) @ self.a1 @ self.a2).float())
        g = torch.sigmoid(mix(self.x_g) @ self.g1) @ self.g2
        k, v = k.float(), v.float()
        kappa = F.normalize(heads(k * self.k_k), dim=-1, eps=1e-12)
        k = k * (1 + (a - 1) * self.k_a)
        if self.layer == 0:
            v_first = v
        else:
            v = v + (v_first - v) * torch.sigmoid((self.v0 + x_v @ self.v1 @ self.v2).float())
        r, k, v = heads(r), heads(k), heads(v)
        with torch.autocast("cpu", enabled=False):
            y = recurrence(r, heads(log_d), k, v, kappa, heads(a), start)
        y = self.ln_x(y.reshape(B * T, C)).view(B, T, C)
        y = y + ((r * k * self.r_k).sum(-1, keepdim=True) * v).view(B, T, C)
        return self.output(y * g), v_first


class ChannelMix(nn.Module):
    def __init__(self, layer):
        super().__init__()
        C = WIDTH
        late = 1 - layer / LAYERS
        self.x_k = nn.Parameter((1 - (torch.arange(C) / C) ** (late ** 4)).view(1, 1, C))
        self.key, self.value = nn.Linear(C, 4 * C, bias=False), nn.Linear(4 * C, C, bias=False)
        nn.init.orthogonal_(self.key.weight, gain=1.0)
        nn.init.zeros_(self.value.weight)

    def forward(self, x):
        delta = F.pad(x, (0, 0, 1, -1)) - x
        return self.value(torch.relu(self.key(x + delta * self.x_k)) ** 2)


class Block(nn.Module):
    def __init__(self, layer):
        super().__init__()
        if layer == 0:
            self.ln0 = nn.LayerNorm(WIDTH)
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.att, self.ffn = TimeMix(layer), ChannelMix(layer)

    def forward(self, x, v_first, start):
        y, v_first = self.att(self.ln1(x), v_first, start)
        x = x + y
        return x + self.ffn(self.ln2(x)), v_first


class Model(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.emb = nn.Embedding(rows, WIDTH)
        nn.init.uniform_(self.emb.weight, -1e-3, 1e-3)
        self.blocks = nn.ModuleList(Block(i) for i in range(LAYERS))
        self.ln_out = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, rows, bias=False)
        nn.init.orthogonal_(self.head.weight, gain=0.5 * (rows / WIDTH) ** 0.5)

    def forward(self, ids, starts=(None,) * LAYERS):
        """Logits [B, T, rows]; T must be a multiple of SPAN; starts: the wkv state [H, N, N] of each layer to begin from."""
        x, v_first = self.blocks[0].ln0(self.emb(ids)), None
        for block, start in zip(self.blocks, starts):
            x, v_first = block(x, v_first, start)
        return self.head(self.ln_out(x))
