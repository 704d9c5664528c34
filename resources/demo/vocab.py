"""The small vocabulary in World format: made from the corpus, read, written, and used to encode and decode.

    python vocab.py        writes rwkv_vocab_demo.txt
"""
import ast
import collections
import itertools
import pathlib
import re

import corpus

HERE = pathlib.Path(__file__).parent
FILE = HERE / "rwkv_vocab_demo.txt"
ROWS = 1536                       # rows of the embedding; row 0 is the end of text
END = 0
_PIECE = re.compile(r" ?[A-Za-z]+|[^\x00-\x7f]+")
_SIGN = re.compile(r"[^\x00-\x7f]")


def build(dialogues=40000, seed=7):
    """Choose the tokens: bytes, the blank line, signs outside ASCII, then byte pair merges inside words."""
    pieces = collections.Counter()
    for text in itertools.islice(corpus.documents(seed), dialogues):
        pieces.update(_PIECE.findall(text))
    signs = collections.Counter()
    for piece, count in pieces.items():
        for sign in _SIGN.findall(piece):
            signs[sign] += count
    tokens = ["\n\n"] + [s for s, n in sorted(signs.items(), key=lambda x: (-x[1], x[0])) if n >= 40][:700]
    known = set(tokens)
    split = {piece: list(piece) for piece in pieces}
    while 257 + len(tokens) < ROWS:
        pairs = collections.Counter()
        for piece, parts in split.items():
            count = pieces[piece]
            for pair in zip(parts, parts[1:]):
                if ord(pair[0][0]) < 128 or len(pair[0]) + len(pair[1]) <= 4:
                    pairs[pair] += count
        best = max(pairs, key=lambda p: (pairs[p], p))
        merged = best[0] + best[1]
        if merged not in known:
            known.add(merged)
            tokens.append(merged)
        for parts in split.values():
            i = 0
            while i < len(parts) - 1:
                if parts[i] == best[0] and parts[i + 1] == best[1]:
                    parts[i:i + 2] = [merged]
                i += 1
    return [bytes([b]) for b in range(256)] + sorted((t.encode() for t in tokens), key=lambda t: (len(t), t))


def _literal(token):
    try:
        return repr(token.decode())
    except UnicodeDecodeError:
        return repr(token)


def write(tokens, path=FILE):
    lines = [f"{i} {_literal(token)} {len(token)}\n" for i, token in enumerate(tokens, 1)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


class Vocabulary:
    """Greedy longest match over bytes."""

    def __init__(self, path=FILE):
        self.tokens = {}
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            number, rest = line.split(" ", 1)
            literal, size = rest.rsplit(" ", 1)
            token = ast.literal_eval(literal)
            token = token.encode() if isinstance(token, str) else token
            assert len(token) == int(size), line
            self.tokens[int(number)] = token
        self.ids = {token: number for number, token in self.tokens.items()}
        lengths = collections.defaultdict(set)
        for token in self.ids:
            lengths[token[0]].add(len(token))
        self._lengths = [sorted(lengths[b], reverse=True) for b in range(256)]
        self._seen = {}

    def _encode(self, data):
        out, at, ids = [], 0, self.ids
        while at < len(data):
            for size in self._lengths[data[at]]:
                number = ids.get(data[at:at + size])
                if number is not None and len(data) - at >= size:
                    out.append(number)
                    at += size
                    break
        return out

    def encode(self, text):
        """No token but the blank line holds a line break, so the parts between blank lines stand alone."""
        if "\n\n\n" in text:
            return self._encode(text.encode())
        out, blank = [], self.ids[b"\n\n"]
        for i, part in enumerate(text.split("\n\n")):
            found = self._seen.get(part)
            if found is None:
                found = self._encode(part.encode())
                if len(self._seen) < 200000:
                    self._seen[part] = found
            if i:
                out.append(blank)
            out += found
        return out

    def decode(self, ids):
        return b"".join(self.tokens.get(i, b"") for i in ids).decode("utf-8", "replace")


if __name__ == "__main__":
    write(build())
    vocabulary = Vocabulary()
    sample = list(itertools.islice(corpus.documents(8), 3000))
    encoded = [vocabulary.encode(text) for text in sample]
    assert [vocabulary.decode(ids) for ids in encoded] == sample
    print(f"{len(vocabulary.tokens)} tokens, {sum(map(len, sample)) / sum(map(len, encoded)):.2f} characters a token, "
          f"{sum(map(len, encoded)) / len(sample):.0f} tokens a dialogue")
