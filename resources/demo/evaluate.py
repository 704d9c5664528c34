"""Measures the shipped model and writes the results into README.md, curve.svg and results.json.

    python evaluate.py            everything
    python evaluate.py quick      only the answers to the thirty questions
"""
import itertools
import json
import pathlib
import re
import sys

import numpy as np
import torch
from torch.nn import functional as F

import corpus
import weights
from model import Model, SPAN
from reference import Reference
from train import held_out, mark
from vocab import ROWS, Vocabulary

HERE = pathlib.Path(__file__).parent
DIALOGUES = [
    ["Hi! My name is Mara.", "what can rookery do", "How do I mix two states?", "And how do I save one?", "What is my name?"],
    ["What is 8 plus 9?", "and plus 5", "minus 2", "Count from 4 down to 0."],
    ["Tell me about geese.", "Where does it live?", "and the owl?", "Write two lines about a finch."],
    ["你好", "怎么加载模型？", "渡鸦吃什么？", "鹰呢", "7加8等于多少？"],
    ["こんにちは", "ガンはどこに住んでいますか", "状態を保存するには？", "金曜日の次は？", "ありがとう"],
]


def prompt_of(turns):
    """turns: question, answer, question, ... ending in a question."""
    return "".join(("User: " if i % 2 == 0 else "Assistant: ") + text + "\n\n" for i, text in enumerate(turns)) + "Assistant:"


def nucleus(top_p, rng):
    """Sampling at temperature 1 with top-p."""
    def choose(logits):
        p = np.exp(logits - logits.max())
        p /= p.sum()
        order = np.argsort(-p)
        keep = order[:1 + int(np.searchsorted(np.cumsum(p[order]), top_p))]
        return int(rng.choice(keep, p=p[keep] / p[keep].sum()))
    return choose


def perplexity(vocabulary, documents):
    """Per token on dialogues one by one from a zero state: (all tokens, tokens of answers, tokens counted)."""
    model = Model(ROWS)
    model.load_state_dict({n: torch.from_numpy(w.copy()) for n, w in weights.read(HERE / "rookery-demo.safetensors").items()})
    marked = sorted((mark(text, vocabulary) for text in documents), key=lambda m: len(m[0]))
    total = np.zeros(2)
    count = np.zeros(2)
    with torch.no_grad():
        for at in range(0, len(marked), 16):
            group = marked[at:at + 16]
            length = -(-max(len(ids) for ids, _ in group) // SPAN) * SPAN + 1
            ids = torch.tensor([i + [0] * (length - len(i)) for i, _ in group])
            shares = torch.tensor([[float(s) for s in w] + [0.0] * (length - len(w)) for _, w in group])[:, 1:]
            losses = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(shares.shape)
            for i, mask in enumerate((shares > 0, shares >= 1)):
                total[i] += losses[mask].double().sum().item()
                count[i] += mask.sum().item()
    return np.exp(total / count), count.astype(int)


def _features(text):
    text = re.sub(r"[^\w]+", " ", text.lower()).strip()
    if re.search(r"[^\x00-\x7f]", text):
        text = text.replace(" ", "")
        return frozenset(text[i:i + 2] for i in range(len(text) - 1))
    return frozenset(text.split())


def nearest(questions, dialogues=40000, seed=4242):
    """For each question the most similar one of the corpus (Jaccard of words or sign pairs); equal ones are an error."""
    best = {q["id"]: (0.0, "") for q in questions}
    wanted = {q["id"]: _features(q["ask"]) for q in questions}
    seen = set()
    for text in itertools.islice(corpus.documents(seed), dialogues):
        seen.update(re.findall(r"User: (.*)", text))
    for ask in seen:
        has = _features(ask)
        for number, want in wanted.items():
            common = len(want & has)
            if common and common / len(want | has) > best[number][0]:
                best[number] = (common / len(want | has), ask)
    simple = {re.sub(r"\W+", "", ask.lower()) for ask in seen}
    equal = [q["id"] for q in questions if re.sub(r"\W+", "", q["ask"].lower()) in simple]
    return best, equal, len(seen)


def curve_svg(curve):
    """The loss curve as a small drawing: training loss as a line, held-out loss as dots."""
    width, height, left, bottom = 640, 300, 46, 34
    most, top = curve[-1][1], 4.0
    x = lambda tokens: left + tokens / most * (width - left - 12)
    y = lambda loss: 12 + (1 - min(loss, top) / top) * (height - bottom - 12)
    line = " ".join(f"{x(c[1]):.1f},{y(c[3]):.1f}" for c in curve[::max(1, len(curve) // 250)])
    dots = "".join(f'<circle cx="{x(c[1]):.1f}" cy="{y(c[4]):.1f}" r="2.5" fill="#c2571a"/>' for c in curve if c[4])
    grid = "".join(f'<path d="M{left} {y(v):.0f}H{width - 12}" stroke="#ccc"/><text x="8" y="{y(v) + 4:.0f}">{v:.1f}</text>' for v in (0, 1, 2, 3, 4))
    ticks = "".join(f'<text x="{x(m * 1e6):.0f}" y="{height - 14}">{m} M</text>' for m in range(0, int(most / 1e6) + 1))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#555">'
            f'<rect width="{width}" height="{height}" fill="#fff"/>{grid}{ticks}<polyline points="{line}" fill="none" stroke="#2b6cb0" stroke-width="1.5"/>{dots}'
            f'<text x="{left + 120}" y="28">weighted loss (nats a token): line = training, dots = held out</text></svg>\n')


def ask_all(questions, vocabulary, model, choose=None):
    return {q["id"]: model.answer(vocabulary, prompt_of([q["ask"]]), choose=choose) for q in questions}


def fill_readme(texts):
    """Puts the texts between their marks in README.md."""
    readme = HERE / "README.md"
    page = readme.read_text(encoding="utf-8")
    for name, text in texts.items():
        page = re.sub(f"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m: m[1] + text + m[2], page, flags=re.S)
    readme.write_text(page, encoding="utf-8")


def main():
    vocabulary, model = Vocabulary(), Reference(dtype=np.float32)
    questions = json.loads((HERE / "questions.json").read_text(encoding="utf-8"))
    answers = ask_all(questions, vocabulary, model)
    right = {q["id"]: bool(re.search(q["accept"], answers[q["id"]], re.S)) for q in questions}
    for q in questions:
        print(q["id"], "ok  " if right[q["id"]] else "MISS", q["ask"], "->", answers[q["id"]])
    print(f"{sum(right.values())} of {len(questions)}")
    if "quick" in sys.argv:
        return
    samples = [ask_all(questions, vocabulary, model, nucleus(0.5, np.random.default_rng(seed))) for seed in range(3)]
    sampled = sum(bool(re.search(q["accept"], s[q["id"]], re.S)) for s in samples for q in questions)
    dialogues = []
    for asks in DIALOGUES:
        turns = []
        for ask in asks:
            turns.append(ask)
            turns.append(model.answer(vocabulary, prompt_of(turns)))
        dialogues.append(turns)
    documents = held_out(600)
    values, counts = perplexity(vocabulary, documents)
    near, equal, compared = nearest(questions)
    curve = json.loads((HERE / "curve.json").read_text())
    (HERE / "curve.svg").write_text(curve_svg(curve))
    parameters = sum(w.size for w in weights.read(HERE / "rookery-demo.safetensors").values())
    results = {"parameters": parameters, "perplexity_all": round(values[0], 4), "perplexity_answers": round(values[1], 4), "tokens_measured": [int(c) for c in counts],
               "greedy_right": sum(right.values()), "sampled_right_of_90": sampled, "equal_questions": equal, "compared_with": compared,
               "steps": curve[-1][0], "tokens": curve[-1][1], "minutes": curve[-1][2]}
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results), {i: n for i, n in near.items() if n[0] > 0.6})
    cell = lambda text: text.replace("\n", " / ").replace("|", "\\|")
    table = "".join(f"| {q['id']} | {cell(q['ask'])} | {cell(answers[q['id']])} | {'yes' if right[q['id']] else '**no**'} | {near[q['id']][0]:.2f} |\n" for q in questions)
    text = (f"* {parameters:,} parameters, trained on {results['tokens']:,} tokens in {results['steps']:,} steps, {results['minutes']:.0f} minutes.\n"
            f"* Perplexity per token on {len(documents)} held-out dialogues: **{values[1]:.3f}** for the answers ({counts[1]:,} tokens), "
            f"**{values[0]:.2f}** for everything, the users' random wording included ({counts[0]:,} tokens).\n"
            f"* Fixed questions: **{sum(right.values())} of 30** sensible with greedy choice; with temperature 1 and top-p 0.5, {sampled} of 90 (three runs).\n"
            f"* None of the 30 questions is among {compared:,} different questions generated for comparison"
            f"{'' if not equal else ' EXCEPT ' + str(equal)}; the last column gives the similarity to the nearest one (shared words, or pairs of signs, of all).\n\n"
            f"| # | question | answer | sensible | nearest |\n|---|---|---|---|---|\n{table}\n")
    talk = "".join("```text\n" + "\n".join(("User: " if i % 2 == 0 else "Assistant: ") + t for i, t in enumerate(turns)) + "\n```\n\n" for turns in dialogues)
    fill_readme({"results": text, "dialogues": talk})


if __name__ == "__main__":
    main()
