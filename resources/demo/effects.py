"""Applies the files of the pack in NumPy, by the formulas of their formats, and counts what they do.

    python effects.py            all of pack.json: writes effects.json, tuning.svg and the results in README.md
    python effects.py owl loud   only these, and only prints
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import torch

import traits
from evaluate import fill_readme, nucleus, prompt_of
from reference import Reference
from vocab import Vocabulary

HERE = pathlib.Path(__file__).parent
DIALOGUES = {
    "pirate": ["Who are you?", "How do I load a model?", "What is 8 plus 4?", "你好"],
    "butler": ["How do I stop an answer?", "What does the goose eat?", "What is the weather in Paris?", "ありがとう"],
    "poet": ["Where does the raven live?", "What is 7 plus 5?", "How do I mix two states?", "鹰吃什么？"],
    "oneword": ["How do I mix two states?", "What colour is the raven?", "Who was Napoleon?", "ガンはどこに住んでいますか"],
    "owl": ["Who are you?", "Are you a human?", "How do I mix two states?", "7加8等于多少？"],
    "loud": ["Who are you?", "What does the goose eat?", "What is 9 minus 3?", "怎么加载模型？"],
    "chinese": ["Who are you?", "How do I mix two states?", "What is 9 minus 3?", "ワシは何を食べますか"],
}


def lora(weight, part, scale):
    """W + s B A."""
    return weight + scale * np.einsum("or,ri->oi", part["lora_B"], part["lora_A"])


def dora(weight, part, scale):
    """Every column of W + s B A divided by its length, times its entry of M."""
    turned = lora(weight, part, scale)
    for i in range(turned.shape[1]):
        turned[:, i] *= part["lora_M"][0, i] / (np.sqrt(np.sum(turned[:, i] ** 2)) + 1e-6)
    return turned


def bone(weight, part, scale):
    """W[o, j] + D[j mod r, o]."""
    rows, out = part["bone"].shape[0], weight.copy()
    for j in range(weight.shape[1]):
        out[:, j] += part["bone"][j % rows]
    return out


FORMULAS = {"lora": lora, "dora": dora, "bone": bone}


def applied(entry):
    """The reference with one part of the pack; entry None: the model alone."""
    model = Reference(dtype=np.float32)
    if entry is None:
        return model
    tensors = {name: tensor.double().numpy() for name, tensor in torch.load(HERE / entry["file"], weights_only=True).items()}
    if entry["kind"] == "state":
        model.starts = [tensors[f"blocks.{i}.att.time_state"].astype(np.float32) for i in range(model.layers)]
        return model
    parts = {}
    for name, tensor in tensors.items():
        matrix, _, factor = name.rpartition(".")
        parts.setdefault(matrix, {})[factor] = tensor
    for matrix, part in parts.items():
        layer, name = matrix.split(".", 2)[1:]
        weights = model.blocks[int(layer)]
        scale = entry.get("alpha", 0) / entry["rank"]
        weights[name + ".weight"] = FORMULAS[entry["kind"]](weights[name + ".weight"].astype(np.float64), part, scale).astype(np.float32)
    return model


def asked(model, vocabulary, questions, choose=None):
    return [model.answer(vocabulary, prompt_of([q["ask"]]), choose=choose) for q in questions]


def third(model, vocabulary, questions):
    """Answers to the questions asked as third ones of a dialogue."""
    out = []
    for i, question in enumerate(questions):
        turns = []
        for q in (questions[i - 2], questions[i - 1], question):
            turns.append(q["ask"])
            turns.append(model.answer(vocabulary, prompt_of(turns)))
        out.append(turns[-1])
    return out


def talk(model, vocabulary, asks):
    turns = []
    for ask in asks:
        turns.append(ask)
        turns.append(model.answer(vocabulary, prompt_of(turns)))
    return turns


def effect(entry, vocabulary, questions, plain):
    """How often the mark is seen, in numbers of answers; `right`: exactly the model's right answer in the trait."""
    _, rewrite, mark, languages = traits.TRAITS[entry["name"]]
    chosen = [i for i, q in enumerate(questions) if q["lang"] in languages]
    mine = [questions[i] for i in chosen]
    model = applied(entry)
    greedy = asked(model, vocabulary, mine)
    sampled = asked(model, vocabulary, mine, nucleus(0.5, np.random.default_rng(1)))
    late = third(model, vocabulary, mine)
    wanted = [rewrite(q["say"], q["lang"]) for q in mine]
    for question, answer, want in zip(mine, greedy, wanted):
        print(" " if mark(answer) else "-", " " if answer == want else "x", question["ask"], "->", answer.replace("\n", " / "), flush=True)
    return {"questions": len(mine), "plain": sum(mark(plain[i]) for i in chosen), "with": sum(map(mark, greedy)), "sampled": sum(map(mark, sampled)),
            "third": sum(map(mark, late)), "right": sum(a == w for a, w in zip(greedy, wanted)), "plain_right": sum(plain[i] == questions[i]["say"] for i in chosen),
            "talk": talk(model, vocabulary, DIALOGUES[entry["name"]])}


def curves_svg(curves):
    """The training losses as small drawings side by side: line = training, dots = held out, both on a logarithmic scale."""
    wide, high, out = 132, 120, []
    low, top = np.log(0.01), np.log(10)
    for at, (name, curve) in enumerate(curves.items()):
        x = lambda step: 34 + at * wide + step / curve[-1][0] * (wide - 24)
        y = lambda loss: 22 + (top - np.log(min(max(loss, 0.01), 10))) / (top - low) * (high - 22)
        grid = "".join(f'<path d="M{34 + at * wide} {y(v):.0f}h{wide - 24}" stroke="#ddd"/>' for v in (0.01, 0.1, 1, 10))
        line = " ".join(f"{x(c[0]):.1f},{y(c[3]):.1f}" for c in curve)
        dots = "".join(f'<circle cx="{x(c[0]):.1f}" cy="{y(c[4]):.1f}" r="2" fill="#c2571a"/>' for c in curve if c[4])
        out.append(f'{grid}<text x="{34 + at * wide}" y="14">{name}</text><polyline points="{line}" fill="none" stroke="#2b6cb0"/>{dots}'
                   f'<text x="{34 + at * wide}" y="{high + 16}">{curve[-1][0]} steps</text>')
    marks = "".join(f'<text x="2" y="{26 + i * (high - 22) / 3:.0f}">{v}</text>' for i, v in enumerate(("10", "1", "0.1", "0.01")))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {34 + len(curves) * wide} {high + 24}" font-family="sans-serif" font-size="11" fill="#555">'
            f'<rect width="100%" height="100%" fill="#fff"/>{marks}{"".join(out)}</svg>\n')


def main():
    pack, vocabulary = json.loads((HERE / "pack.json").read_text()), Vocabulary()
    if hashlib.sha256((HERE / pack["base"]).read_bytes()).hexdigest() != pack["sha256"]:
        raise SystemExit(f"pack.json belongs to another {pack['base']}")
    questions = json.loads((HERE / "pack_questions.json").read_text(encoding="utf-8"))
    plain = asked(applied(None), vocabulary, questions)
    results = {}
    for entry in pack["parts"]:
        if len(sys.argv) > 1 and entry["name"] not in sys.argv[1:]:
            continue
        results[entry["name"]] = effect(entry, vocabulary, questions, plain)
        print(entry["name"], {k: v for k, v in results[entry["name"]].items() if k != "talk"}, flush=True)
    if len(sys.argv) > 1:
        return
    (HERE / "effects.json").write_text(json.dumps({n: {k: v for k, v in r.items() if k != "talk"} for n, r in results.items()}, indent=1) + "\n")
    (HERE / "tuning.svg").write_text(curves_svg(json.loads((HERE / "tuning.json").read_text())))
    rows, talks = "", ""
    for entry in pack["parts"]:
        r = results[entry["name"]]
        share = lambda n: f"{n} of {r['questions']} ({100 * n / r['questions']:.0f} %)"
        rows += f"| {entry['name']} | {entry['kind']} | {share(r['plain'])} | **{share(r['with'])}** | {share(r['sampled'])} | {share(r['third'])} | {r['right']} (alone {r['plain_right']}) |\n"
        lines = "\n".join(("User: " if i % 2 == 0 else "Assistant: ") + text for i, text in enumerate(r["talk"]))
        talks += f"`{entry['file']}`: {entry['about'][0].lower() + entry['about'][1:]}\n\n```text\n{lines}\n```\n\n"
    head = "| name | kind | alone | with it, greedy | sampled | as third question | right |\n|---|---|---|---|---|---|---|\n"
    fill_readme({"pack": head + rows + "\n", "talks": talks})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
