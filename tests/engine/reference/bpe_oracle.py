"""Makes tests/data/tokenizers: a small vocabulary of the Qwen2 kind and the ids that the library `tokenizers`
gives for some texts. Usage: bpe_oracle.py FOLDER 20B_tokenizer.json"""

import json
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
CORPUS = [
    "The goose flies over the rookery, and the young goose follows the old goose.",
    "It's what they've said: we'll see 12 geese in 2025!",
    "Die Gans fliegt über den Fluß; çà et là, déjà vu.",
    "鹅飞过了河。鹅在水里游。",
    "for (int i = 0; i < 10; ++i)\n    std::cout << i;\n",
    "Rook, crow, raven: the recurrence keeps a state.",
]
TEXTS = [
    "Hello my name is", "It's 1234 geese's", "  two  spaces   three\n\n\nlines\t\ttabs  ",
    "é e\u0301 \u1e9b\u0323 \u212b", "你好，世界。\n\n", "I'LL DON'T I'M 'S '\u017f x'Re",
    "a\x85b\xa0c\u2028d\u180ee\u200bf\x1cg\u3000h",
    "<|endoftext|><|im_start|>user\nhi<|im_end|>\n<think>\n</think>", " " * 50 + "x",
    "½ ² ③ Ⅷ १२३ 𝟙𝟚 ٣", "🙂👩\u200d👩\u200d👧 \u200d \u0301a", "word" * 30, "\r\n \r\n  \n x", "  \n\n  x",
    "e\u0301" * 3 + "  <|padding|> ", "",
]
POOL = ("aA zZ09'sS\n\r\t \u00e9\u0301\u4e2d\u2028\u00b2\u0661!.-_<>|\u00a0\u3000\ud7a3\u1100\u1161\u200d"
        "\U0001f642\u0e01\u0e34\u1e69\u0323")


def qwen_like():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS * 3, trainers.BpeTrainer(
        vocab_size=360, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False)
                                  for text in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in ("<think>", "</think>")])
    return tokenizer


def main(folder, neox):
    qwen = qwen_like()
    qwen.save(folder + "/qwen-like.json", pretty=False)
    neox = Tokenizer.from_file(neox)
    random.seed(5)
    texts = TEXTS + ["".join(random.choice(POOL) for _ in range(random.randint(1, 40))) for _ in range(64)]
    rows = [{"text": text, "neox": neox.encode(text).ids, "qwen": qwen.encode(text).ids} for text in texts]
    with open(folder + "/bpe-ids.json", "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


main(*sys.argv[1:])
