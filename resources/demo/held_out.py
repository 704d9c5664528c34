"""Writes held_out.txt: dialogues for measuring, with a form feed between them.

    python held_out.py        the first 200 of the dialogues that training skips

rookery-cli quality and the engine's tests read it.
"""
import itertools
import pathlib

import corpus

SEED = 990  # as train.held_out
COUNT = 200

if __name__ == "__main__":
    texts = itertools.islice(corpus.documents(SEED), COUNT)
    (pathlib.Path(__file__).parent / "held_out.txt").write_text("\f".join(texts), encoding="utf-8")
