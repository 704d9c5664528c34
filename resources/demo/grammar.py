"""A tiny template language: (a|b) picks one, [a] may be left out, {name} inserts a macro.

Topic files hold macros ("@name text"), topics ("## name"), ways to ask ("? text") and answers ("= text").
"""
import pathlib
import re

HERE = pathlib.Path(__file__).parent
_TOKEN = re.compile(r"[()\[\]|]|[^()\[\]|]+")


def parse(text):
    """Return the template as a tree: ("all", [...]), ("one", [...]) or a plain string."""
    tokens = _TOKEN.findall(text)
    position = 0

    def branch(closing):
        nonlocal position
        choices, parts = [], []
        while position < len(tokens):
            token = tokens[position]
            position += 1
            if token == closing:
                break
            if token == "|":
                choices.append(("all", parts))
                parts = []
            elif token in "([":
                inside = branch(")" if token == "(" else "]")
                parts.append(inside if token == "(" else ("maybe", inside))
            else:
                parts.append(token)
        choices.append(("all", parts))
        return ("one", choices)

    return branch("")


def fill(tree, rng):
    """One random text of a tree."""
    if isinstance(tree, str):
        return tree
    kind, inside = tree
    if kind == "all":
        return "".join(fill(part, rng) for part in inside)
    if kind == "one":
        return fill(rng.choice(inside), rng)
    return fill(inside, rng) if rng.random() < 0.5 else ""


_cache = {}


def say(template, rng):
    """Fill a template given as text."""
    if template not in _cache:
        _cache[template] = parse(template)
    return fill(_cache[template], rng)


def load_topics(language):
    """Read topics.<language>.txt: {name: (questions, answers)}."""
    macros, topics, current = {}, {}, None
    for line in (HERE / f"topics.{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name, _, text = line[1:].partition(" ")
            macros[name] = text
        elif line.startswith("## "):
            current = topics.setdefault(line[3:].strip(), ([], []))
        elif line.startswith(("? ", "= ")):
            for name, text in macros.items():
                line = line.replace("{" + name + "}", text)
            current["?=".index(line[0])].append(line[2:])
    return topics
