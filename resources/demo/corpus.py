"""Generates the training dialogues: our own sentences and templates, nothing else.

    python corpus.py 5        print five documents
"""
import random
import sys

import birds
import outside
import sums
from grammar import load_topics, say

TOPICS = {language: load_topics(language) for language in ("en", "zh", "ja")}
SMALL_TALK = {"howareyou", "praise", "blame", "ok", "joke", "favbird", "why_demo", "today", "online", "weekcount", "smart", "human", "languages", "chatpage"}
MAIN = {"who", "mix", "load", "stop", "cando", "generations", "dark", "monitor", "savestate", "thanks", "maker", "constant"}
SYSTEM = ("You are a helpful assistant.|You are a friendly assistant.|Answer briefly.|You are the Rookery demonstration model.|Be polite.|"
          "Answer in one sentence.|You talk about birds.|Help the user with Rookery.|你是一个助手。|请简短回答。|あなたは親切なアシスタントです。|短く答えてください。").split("|")
BEFORE = ("(please|please, |can you tell me|could you tell me|tell me,|hey,|hi,|hello,|hello.|hi.|so,|ok,|um,|well,|now|and|quick question:|a question:|excuse me,|sorry,|i wonder,|i have a question.|i am new here.|one more thing:|i would like to know,|"
          "do you know,|help,|help me,|another question:|say,|listen,|just tell me,|for my friend:|good morning.|hey there,|could you say|can you say|would you tell me|in rookery,|now tell me|dear model,|alright,|let me ask:|oh,|thanks.|great.|i forgot:|"
          "sorry to ask,|maybe you know,|this is my first day.|i am confused.|i was wondering,|do tell me,|next question:|also,|by the way,|i need to know:|okay so)")
AFTER = "(please|thanks|thank you|exactly|again|now|here|for me|then|in short|, please|, thanks|, i wonder|, do you know|, tell me|in this program|today|by the way|if you know|, my friend|, can you tell me|? thanks|, any idea|buddy|mate|dear|man|sir|pal|my dear|, quickly)"
LEAD = {"zh": "(请问，|请问|你好，|请|那么，|我想知道，|告诉我，|麻烦问一下，|对了，|还有，|顺便问一下，|我是新手，)", "ja": "(すみません、|あの、|教えてください、|ちょっと質問です。|こんにちは、|では、|ところで、|えっと、|質問です、|初めて使います。|もう一つ、)"}
TAIL = {"zh": "(呢|啊|，谢谢|，请告诉我|吗|，告诉我|吧|，麻烦了)", "ja": "(か|、教えて|、お願いします|のですか|、教えてください|でしょうか|、知りたいです)"}
SKIP = set("the a an is are do does to of in my me i please you can it for on at".split())


def _typo(word, rng):
    if len(word) < 4 or not word.isalpha():
        return word
    i = rng.randrange(1, len(word) - 1)
    kind = rng.random()
    if kind < 0.35:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind < 0.7:
        return word[:i] + word[i + 1:]
    return word[:i] + word[i] + word[i:]


def rough(text, language, rng, plain=False):
    """The question as people type it: with politeness, small letters, typos, without signs."""
    if language != "en":
        return _rough_cjk(text, language, rng, plain)
    if not plain:
        if rng.random() < 0.25:
            text = say(BEFORE, rng) + " " + text
        if rng.random() < 0.12:
            tail = say(AFTER, rng)
            text += tail if tail[0] in ",?" else " " + tail
    words = text.split()
    if rng.random() < 0.12 and len(words) > 4:
        words = [w for w in words if w not in SKIP or rng.random() < 0.6] or words
    if rng.random() < 0.12:
        i = rng.randrange(len(words))
        words[i] = _typo(words[i], rng)
    text = " ".join(words)
    style = rng.random()
    if style < 0.6:
        text = text[0].upper() + text[1:]
        for low, high in ((" i ", " I "), (" i'", " I'"), ("rookery", "Rookery"), ("rwkv", "RWKV")):
            text = text.replace(low, high)
    elif style < 0.63:
        text = text.upper()
    if text[-1] not in ".?!=":
        asks = words[0].lower().strip(",") in ("what", "what's", "who", "how", "where", "why", "which", "is", "are", "can", "do", "does") or rng.random() < 0.3
        text += rng.choice(["?", "?", "?", "", "??", " ?"] if asks else [".", ".", "", "!", "..."])
    return text


def _rough_cjk(text, language, rng, plain):
    if not plain and len(text) > 3:
        if rng.random() < 0.2:
            text = say(LEAD[language], rng) + text
        if rng.random() < 0.1:
            text += say(TAIL[language], rng)
    if rng.random() < 0.05 and len(text) > 6:
        i = rng.randrange(len(text))
        text = text[:i] + text[i + 1:]
    if rng.random() < 0.5 and text[-1] not in "。？！=":
        text += rng.choice(["？", "？", "?", "。"])
    return text


def topic(language, rng):
    names = list(TOPICS[language])
    name = rng.choices(names, [0.4 if n in SMALL_TALK else 1.7 if n in MAIN else 1 for n in names])[0]
    asks, answers = TOPICS[language][name]
    sizes = [1 + template.count("|") for template in asks]
    return [(say(rng.choices(asks, sizes)[0], rng), rng.choice(answers))]


def _name(language, rng, memory):
    if memory.get("name") and rng.random() < 0.75 or not memory.get("name") and rng.random() < 0.25:
        known = memory.get("name")
        return [(say(outside.RECALL[language], rng), (outside.KNOWN if known else outside.UNKNOWN)[language].format(n=known))]
    memory["name"] = outside.name_of_someone(language, rng)
    return [(say(outside.TELL[language], rng).replace("{n}", memory["name"]), outside.MEET[language].format(n=memory["name"]))]


def document(rng):
    """One dialogue: a list of (question, answer), perhaps opened by a system text."""
    language = rng.choices(["en", "zh", "ja"], [56, 22, 22])[0]
    wanted, memory, turns = rng.choices([1, 2, 3, 4, 6], [30, 27, 22, 16, 5])[0], {}, []
    kinds = [topic, birds.turns, sums.turns, "name", "outside"]
    while len(turns) < wanted:
        if rng.random() < 0.06:
            language = rng.choice(["en", "zh", "ja"])
        kind = rng.choices(kinds, [40, 16, 28, 8 if memory else 4, 9])[0]
        if kind == "name":
            new = _name(language, rng, memory)
        elif kind == "outside":
            new = [outside.question(language, rng)]
        else:
            new = kind(language, rng)
        keep = kind == "name"                                   # names are copied letter by letter: leave them alone
        turns += [(ask if keep and rng.random() < 0.5 else rough(ask, language, rng, keep or i > 0), answer) for i, (ask, answer) in enumerate(new)]
    text = "".join(f"User: {ask}\n\nAssistant: {answer}\n\n" for ask, answer in turns)[:-2]
    return f"System: {rng.choice(SYSTEM)}\n\n{text}" if rng.random() < 0.05 else text


def documents(seed):
    """An endless stream of dialogues."""
    rng = random.Random(seed)
    while True:
        yield document(rng)


if __name__ == "__main__":
    stream = documents(1)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        print(next(stream), end="\n\n----\n\n")
