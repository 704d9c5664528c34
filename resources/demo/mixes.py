"""Mixes states of the pack with rookery-cli and counts whose mark the answers bear.

    python mixes.py ROOKERY-CLI           writes mixes.json and the table in README.md
    python mixes.py ROOKERY-CLI --print   only prints
"""
import json
import pathlib
import subprocess
import sys

import traits
from evaluate import fill_readme

HERE = pathlib.Path(__file__).parent
GATES = (0.0, 0.25, 0.5, 0.75, 1.0)
PAIRS = (("pirate", "base"), ("pirate", "butler"), ("butler", "poet"))
RULES = ("logits", "probabilities")


def answers(program, voices, rule, questions):
    """One greedy answer to every question, each in a conversation of its own."""
    command = [program, "chat", "demo", "--json", "--temperature", "0", "--max-tokens", "120", "--blend", rule]
    for name, gate in voices:
        command += ["--voice", f"{name}={gate}"]
    lines = "".join(question["ask"] + "\n/new\n" for question in questions)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    return [json.loads(line)["text"] for line in done.stdout.splitlines()]


def main():
    program = sys.argv[1]
    questions = json.loads((HERE / "pack_questions.json").read_text(encoding="utf-8"))
    results = []
    for first, second in PAIRS:
        for rule in RULES:
            for gate in GATES:
                said = answers(program, [(first, gate), (second, 1 - gate)], rule, questions)
                marks = {name: sum(traits.TRAITS[name][2](text) for text in said) for name in (first, second) if name != "base"}
                results.append({"voices": [first, second], "rule": rule, "gate": gate, "questions": len(questions), "marks": marks})
                print(results[-1], flush=True)
    if "--print" in sys.argv:
        return
    (HERE / "mixes.json").write_text(json.dumps(results, indent=1) + "\n")
    table = "| voices | blend | " + " | ".join(f"{gate:g} : {1 - gate:g}" for gate in GATES) + " |\n|---|---|" + "---|" * len(GATES) + "\n"
    for at in range(0, len(results), len(GATES)):
        row = results[at:at + len(GATES)]
        cells = " | ".join(", ".join(f"{count} {name}" for name, count in r["marks"].items()) for r in row)
        table += f"| {' and '.join(row[0]['voices'])} | {row[0]['rule']} | {cells} |\n"
    fill_readme({"mixes": table + "\n"})


if __name__ == "__main__":
    main()
