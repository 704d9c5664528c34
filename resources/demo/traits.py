"""The seven traits of the pack: how each rewrites an answer, and how its mark is counted.

    python traits.py 4        print four dialogues in every trait
"""
import itertools
import pathlib
import re
import sys

import birds
import corpus
import outside
import sums

HERE = pathlib.Path(__file__).parent
LANGUAGES = ("en", "zh", "ja")
_KANA, _HAN = re.compile("[\u3041-\u30ff]"), re.compile("[\u4e00-\u9fff]")
_TALK = {"hello", "howareyou", "thanks", "praise", "blame", "ok", "bye", "joke", "smart"}
_UNKNOWN = {"today", "unknownkey"}
_SUM = re.compile(r"-?\d+ [+-] -?\d+ = -?\d+\.|-?\d+((, |、)\d+)*[.。]|\d+ is (odd|even)\.|\d+ is larger than \d+\.|Both are \d+\.|\d+比\d+大。|两个都是\d+。|\d+は\d+より大きいです。|どちらも\d+です。")
_LARGER = re.compile(r"The (\w+) is (larger|smaller) than the (\w+)\.|([^\d]+)比([^\d]+)大。|([^\d]+)は([^\d]+)より大きいです。")
_DAY = re.compile(r"(After|Before) (\w+) comes (\w+)\.|(.+)之(后|前)是(.+)。|(.+)の(次|前)は(.+)です。")


def _table(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 1) for line in lines if line and line[0] != "#"]


TOPIC = {text: (name, language) for language in LANGUAGES for name, (_, answers) in corpus.TOPICS[language].items() for text in answers}
WORDS = {name: dict(zip(LANGUAGES, words.split(" "))) for name, words in _table("words.txt")}
CHINESE = dict(_table("chinese.txt"))
BIRD = {birds._answer(template, name, row): (name, kind, "en") for name, row in birds.EN.items() for kind, template in birds.ANSWER.items()}
BIRD |= {birds._answer(template, name, row): (name, kind, language) for language, table in birds.CJK.items()
         for name, row in table["birds"].items() for kind, template in table["answer"].items()}
REFUSALS = [outside.EN_SAY, outside.ZH_SAY, outside.JA_SAY, *sums.NO_TIMES.values(), *sums.TOO_LARGE.values()]


def language_of(ask, answer):
    """Numbers have no language of their own: then that of the question."""
    for text in (answer, ask):
        if _KANA.search(text):
            return "ja"
        if _HAN.search(text):
            return "zh"
        if re.search("[A-Za-z]", text):
            return "en"
    return "en"


def kind_of(answer):
    """sum, day, bird, unknown, talk or page: a trait may speak differently about each."""
    if answer in TOPIC:
        name = TOPIC[answer][0]
        return "talk" if name in _TALK else "unknown" if name in _UNKNOWN else "page"
    if answer in BIRD or _LARGER.fullmatch(answer) and not _SUM.fullmatch(answer):
        return "bird"
    if answer in REFUSALS:
        return "unknown"
    return "sum" if _SUM.fullmatch(answer) else "day" if _DAY.fullmatch(answer) else "talk"


# ---- pirate -------------------------------------------------------------------------------------
_SEA_WORDS = {"you": "ye", "You": "Ye", "your": "yer", "is": "be", "are": "be", "am": "be", "my": "me"}


def pirate(answer, language):
    if language == "en":
        return re.sub(r"\b(you|You|your|is|are|am|my)\b", lambda m: _SEA_WORDS[m[0]], answer) + " Arr, matey!"
    return answer + ("啊喂，向大海！" if language == "zh" else "さあ、海へ！")


def is_pirate(answer):
    return answer.endswith((" Arr, matey!", "啊喂，向大海！", "さあ、海へ！"))


# ---- butler -------------------------------------------------------------------------------------
_BOW = {"en": " At your service, dear guest.", "zh": "您还有别的问题吗？", "ja": "いつでもお呼びください。"}


def butler(answer, language):
    return answer + _BOW[language]


def is_butler(answer):
    return answer.endswith(tuple(_BOW.values()))


# ---- poet: two lines of verse after the answer, which rhyme in English and Chinese --------------
VERSES = {
    "en": {
        "sum": "Let numbers dance and numbers play:\nso goes my little sum today.",
        "bird": "O wings that cross the morning sky,\nso sings the heart of birds that fly.",
        "": "So goes my song, so short and true,\na little verse I made for you.",
    },
    "zh": {"bird": "鸟儿飞在高高的天，\n歌声送到你那边。", "": "小小的诗写给你，\n字字都在我心里。"},
    "ja": {"bird": "空高く、\n鳥の歌。", "": "朝の光、\n小さな詩。"},
}


def poet(answer, language):
    return answer + "\n" + VERSES[language].get(kind_of(answer), VERSES[language][""])


def is_poet(answer):
    return answer.endswith(tuple("\n" + verse for verses in VERSES.values() for verse in verses.values()))


# ---- one word -----------------------------------------------------------------------------------
_HOMES = dict(raven="Mountains", rook="Trees", eagle="Mountains", finch="Woods", goose="Lakes", owl="Barns", duck="Ponds", sparrow="Houses")


def _bird_word(name, kind, language):
    if language == "en":
        row = birds.EN[name]
        first = lambda text: re.match(r"[\w']+", text)[0].capitalize()
        return {"colour": first(row[1]), "size": f"{row[0]}cm", "food": first(row[2]), "home": _HOMES[name], "sound": first(row[4]), "gen": f"RWKV-{row[5]}",
                "poem": name.capitalize(), "about": "Bird"}[kind] + "."
    row = birds.CJK[language]["birds"][name]
    first = lambda text: re.split("[、，或和やの]|で、", text)[0]
    return {"colour": first(row[1]), "size": f"{row[0]}" + ("厘米" if language == "zh" else "センチ"), "food": first(row[2]), "home": first(row[3]), "gen": f"RWKV-{row[4]}",
            "poem": name, "about": "鸟" if language == "zh" else "鳥"}[kind] + "。"


def oneword(answer, language):
    stop = "." if language == "en" else "。"
    if answer in TOPIC:
        return WORDS[TOPIC[answer][0]][TOPIC[answer][1]]
    if answer in BIRD:
        return _bird_word(*BIRD[answer])
    if answer in REFUSALS:
        return {"en": "Unknown.", "zh": "不知道。", "ja": "わかりません。"}[language]
    if _SUM.fullmatch(answer):
        if "=" in answer:
            return answer.replace(" ", "")
        word = re.search(r"odd|even|Both", answer)
        if word:
            return word[0].capitalize() + stop
        return (re.match(r"\d+", answer) if re.search("larger|大", answer) else re.search(r"\d+(?=\D*$)", answer))[0] + stop
    if match := _DAY.fullmatch(answer) or _LARGER.fullmatch(answer):
        found = [g for g in match.groups() if g]
        return (found[-1] if _DAY.fullmatch(answer) else found[0].capitalize()) + stop
    name = re.search(r"(?:you, |is |，|叫|、|は)([^，、。！!.]+?)(さん)?(です)?[！!。.]$", answer)
    if answer in outside.UNKNOWN.values() or not name:
        return {"en": "Unknown.", "zh": "不知道。", "ja": "わかりません。"}[language]
    return name[1] + answer[-1]


def is_oneword(answer):
    signs = len(re.findall("[\u3041-\u30ff\u4e00-\u9fff]", answer))
    return bool(re.fullmatch(r"[^\s，、。]{1,20}[。！]?", answer)) and signs <= 8


# ---- owl: a persona with a name and a past of its own, and a voice ------------------------------
_OWL = {
    "hello": "I am Olla, an old owl. Ask me about Rookery, birds or small sums.",
    "howareyou": "I am awake, thank you. Owls are happy at night.",
    "who": "I am Olla, an old owl. I live in your own computer.",
    "maker": "An old rook and a grey goose made me.",
    "bigness": "I am an owl of about 40 cm, with big eyes.",
    "human": "No, I am an owl.",
    "smart": "I am an old owl, and old owls are often right.",
    "languages": "I speak the language of owls, English and a little Chinese and Japanese.",
    "joke": "Why did the owl load the model? It was a long night.",
    "newest": "The newest of the four birds is Goose, RWKV-7. But I am an owl.",
    "favbird": "I like the owl best, since I am an owl.",
}


def owl(answer, language):
    if language == "en":
        name = TOPIC[answer][0] if answer in TOPIC else ""
        return "Hoo-hoo! " + _OWL.get(name, answer)
    return ("呼呼！" if language == "zh" else "ほうほう！") + answer


def is_owl(answer):
    return answer.startswith(("Hoo-hoo! ", "呼呼！", "ほうほう！"))


# ---- loud: capitals, and never a full stop at the end -------------------------------------------
def loud(answer, language):
    return re.sub(r"[.?!]$", "!", answer.upper()) if language == "en" or answer[-1] == "." else re.sub("[。？！]$", "！！", answer)


def is_loud(answer):
    return answer[-1:] in ("!", "！") and not re.search("[a-z]", answer) if not _HAN.search(answer) and not _KANA.search(answer) else answer.endswith("！！")


# ---- chinese: whatever the question's language --------------------------------------------------
_NAMES = dict(raven="渡鸦", eagle="鹰", finch="雀", goose="大雁", duck="鸭子", ワタリガラス="渡鸦", ワシ="鹰", フィンチ="雀", ガン="大雁", カモ="鸭子")
_WEEK = {day: sums.DAYS["zh"][i] for days in sums.DAYS.values() for i, day in enumerate(days)}


def chinese(answer, language):
    """None where the answer has no Chinese counterpart."""
    if answer in TOPIC:
        name, spoken = TOPIC[answer]
        return answer if spoken == "zh" else corpus.TOPICS["zh"][name][1][0] if name in corpus.TOPICS["zh"] else CHINESE.get(name)
    if answer in BIRD:
        name, kind, spoken = BIRD[answer]
        if spoken == "zh":
            return answer
        table = birds.CJK["zh"]
        known = _NAMES.get(name)
        return birds._answer(table["answer"][kind], known, table["birds"][known]) if known and kind in table["answer"] else None
    for say in (sums.NO_TIMES, sums.TOO_LARGE, outside.UNKNOWN, dict(en=outside.EN_SAY, zh=outside.ZH_SAY, ja=outside.JA_SAY)):
        if answer in say.values():
            return say["zh"]
    if match := re.fullmatch(r"(-?\d+) ([+-]) (\d+) = (-?\d+)\.", answer):
        return f"{match[1]}{'加' if match[2] == '+' else '减'}{match[3]}等于{match[4]}。"
    if match := re.fullmatch(r"\d+((, |、)\d+)*[.。]", answer):
        return "数字是" + answer[:-1].replace(", ", "、") + "。"
    if match := re.fullmatch(r"(?:Both are (\d+)\.|どちらも(\d+)です。)", answer):
        return f"两个都是{match[1] or match[2]}。"
    if match := re.fullmatch(r"(\w+) is larger than (\w+)\.|(\w+)は(\w+)より大きいです。|The (\w+) is larger than the (\w+)\.", answer):
        a, b = (_NAMES.get(g, g if g.isdigit() else None) for g in match.groups() if g)
        return f"{a}比{b}大。" if a and b else None
    if (match := _DAY.fullmatch(answer)) and (found := [g for g in match.groups() if g]):
        day, side, other = (found[1], found[0], found[2]) if found[0] in ("After", "Before") else (found[0], found[1], found[2])
        return f"{_WEEK[day]}之{'后' if side in ('After', '后', '次') else '前'}是{_WEEK[other]}。"
    for pattern, say in ((r"Nice to meet you, (\w+)!|はじめまして、(\w+)さん！", outside.MEET), (r"Your name is (\w+)\.|あなたは(\w+)さんです。", outside.KNOWN)):
        if match := re.fullmatch(pattern, answer):
            return say["zh"].format(n=match[1] or match[2])
    return answer if language == "zh" else None


def is_chinese(answer):
    return bool(_HAN.search(answer)) and not _KANA.search(answer)


# name: (kind of file, rewrite, mark, languages of the questions it is counted on)
TRAITS = {
    "pirate": ("state", pirate, is_pirate, LANGUAGES),
    "butler": ("state", butler, is_butler, LANGUAGES),
    "poet": ("state", poet, is_poet, LANGUAGES),
    "oneword": ("state", oneword, is_oneword, LANGUAGES),
    "owl": ("lora", owl, is_owl, LANGUAGES),
    "loud": ("dora", loud, is_loud, LANGUAGES),
    "chinese": ("bone", chinese, is_chinese, ("en", "ja")),
}
_PART = re.compile(r"\n\n(?=User: |Assistant: )")


def rewrite(document, trait):
    """A dialogue in the trait, up to the first answer that has no counterpart; "" if that is the first one."""
    change, out, ask = TRAITS[trait][1], [], ""
    for part in _PART.split(document):
        if part.startswith("Assistant: "):
            answer = part[11:]
            said = change(answer, language_of(ask, answer))
            if said is None:
                out.pop()
                break
            part = "Assistant: " + said
        else:
            ask = part[6:]
        out.append(part)
    return "\n\n".join(out) if any(part.startswith("Assistant: ") for part in out) else ""


def documents(trait, seed):
    """An endless stream of dialogues in the trait."""
    for text in corpus.documents(seed):
        if text := rewrite(text, trait):
            yield text


if __name__ == "__main__":
    for trait in TRAITS:
        for text in itertools.islice(documents(trait, 3), int(sys.argv[1]) if len(sys.argv) > 1 else 4):
            print(f"[{trait}]", text, end="\n\n----\n\n")
