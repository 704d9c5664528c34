"""Questions about birds in three languages."""
from grammar import say

# name: size in cm, colour, food, home, sound, RWKV generation, two poems
EN = {
    "raven": (65, "black", "meat, eggs, insects and fruit", "in mountains, woods and on cliffs", "croaks", 4,
              "The raven sits upon the stone,\nit keeps its secrets all alone."),
    "rook": (45, "black with a pale beak", "worms, insects and grain", "in colonies in tall trees near fields", "caws", 0,
             "The rooks return when day is done,\ntheir nests are golden in the sun."),
    "eagle": (85, "brown", "fish, hares and other animals", "in mountains and near lakes", "screams", 5,
              "The eagle rises, calm and high,\nit draws a circle in the sky."),
    "finch": (14, "brown, often with yellow or red", "seeds and small insects", "in woods, gardens and hedges", "sings", 6,
              "A finch is singing in the tree,\nits little song is meant for me."),
    "goose": (80, "grey, brown or white", "grass, roots and grain", "near lakes, rivers and meadows", "honks", 7,
              "The goose flies south before the snow,\nit knows the way that it must go."),
    "owl": (40, "brown with big eyes", "mice and other small animals", "in woods and old barns", "hoots", 0,
            "The owl awakes when stars are bright,\nits wings are silent in the night."),
    "duck": (55, "brown, and the male has a green head", "water plants, seeds and snails", "on ponds, lakes and rivers", "quacks", 0,
             "The duck is swimming on the lake,\nand rings of water are its wake."),
    "sparrow": (15, "brown and grey", "seeds, crumbs and insects", "near houses and farms", "chirps", 0,
                "A sparrow hops along the street,\nand finds a crumb that it can eat."),
}
ASK = {
    "colour": "(what colour (is|has|does) {b}[ have]|which colour is {b}|the colour of {b}|is {b} (black|white|brown|green|red)|what color is {b}|"
              "what does {b} look like|how does {b} look|tell me the colour of {b}|what colours does {b} have|{p} colour)",
    "size": "(how (big|large|tall|long|small) (is|are) {b}|what is the size of {b}|what size is {b}|is {b} (big|small|a big bird|a small bird)|"
            "tell me how big {b} is|how many centimetres is {b}|{p} size|what length has {b}|how (big|large) does {b} get)",
    "food": "(what does {b} (eat|feed on|like to eat|live on|have for (dinner|breakfast|lunch)|prefer to eat|consume)|what (food|kind of food|foods) does {b} (eat|like|want|need|love)|"
            "what is the (food|diet) of {b}|{p} food|what can i feed {b}|what do {s} (eat|feed on|like to eat|hunt)|how does {b} feed|"
            "which foods do {s} (like|eat)|tell me what {s} eat|is {b} a meat eater|what should i give {b} to eat|what does {b} find tasty|what is on the menu of {b}|what is the favourite (food|dish|snack|prey) of {b}|what kind of (things|stuff|dishes|prey) does {b} (eat|like|take|hunt)|what would {b} eat|what do {s} like (best to eat|for food)|what does {b} put in its beak|which food is good for {s}|what makes {b} full|what does {b} (enjoy eating|love to eat|choose to eat|usually eat|mostly eat|have to eat)|what is a good meal for {b}|what sort of food does {b} (eat|like|take|want)|what kinds of food do {s} like|what is tasty for {b}|what do {s} have for (lunch|dinner|supper))",
    "home": "(where (does|would|can) {b} (live|nest|stay|sleep|be found)|where do {s} (live|nest|sleep|dwell)|where can i (see|find|meet|watch) {b}|"
            "what is the (home|habitat) of {b}|{p} (home|habitat)|in what places do {s} live|where is {b} at home|where are {s} found|tell me where {s} live)",
    "sound": "(what sound does {b} make|what does {b} (say|sound like)|how does {b} (sing|call|sound)|what noise does {b} make|can {b} sing|"
             "{p} (sound|call|voice|song)|what do {s} sound like|how do {s} call)",
    "gen": "(which (rwkv|generation|rwkv generation|version|number|rwkv version) is (called |named |){b}|what has {b} to do with rwkv|which rwkv is named after {b}|"
           "what number is {b} in rwkv|is {b} an rwkv generation|is there an rwkv called {n}|which version of rwkv is {n}|{n} in rwkv|{n} rwkv|rwkv {n})",
    "poem": "((write|tell me|make|give me|compose|recite|say|i want|please write|can you write|do you know|i would like|sing|invent|make up) (a poem|a short poem|a verse|a little poem|a rhyme|two lines|a few lines|a song|a poem in two lines|some verses|a small poem) "
            "(about|on|for|of) {b}|(could you|can you|please|would you) (write|make|compose|invent|tell me) (a|one|some|a short|a little|a small|a nice) (poem|verse|rhyme|song|poetry|lines) (about|on|for) {b}|{n} poem|poem about {b}|rhyme about {s}|a verse for {b})",
    "about": "((what is|what's|tell me about|describe|explain|do you know|talk about|what do you know about|tell me something about|give me facts about|say something about|what can you tell me about|i like) {b}|"
             "(tell me about|what are|do you know|what do you know about|i like|talk about|describe|i love) {s}|{n}|{s}|facts about {s})",
}
ANSWER = {
    "colour": "The {n} is {1}.", "size": "The {n} is about {0} cm long.", "food": "The {n} eats {2}.",
    "home": "The {n} lives {3}.", "sound": "The {n} {4}.", "gen": "RWKV-{5} is called {N}.", "poem": "{6}",
    "about": "The {n} is a bird, about {0} cm long, {1}. It eats {2}.",
}
COMPARE = ("((which|who|which bird|which one|what|which of the two|tell me which|say which|what bird) is (bigger|larger|longer|the bigger one|the larger one|the larger bird)[,] {a} or {b}|is {a} (bigger|larger|longer) than {b}|"
           "{a} or {b}[,] (which|who) is (bigger|larger)|compare {a} and {b}|(who|which) is (bigger|larger) of {a} and {b}|"
           "(of|between|among|from|comparing|looking at) {a} and {b}[,] (which|who|which one|which bird|what) is (the bigger one|the larger bird|the larger one|bigger|larger|greater|longer|the bigger)|what bird is (bigger|larger)[,] {a} or {b}|between {a} and {b}, who is bigger)")
SMALLER = ("((which|who|which bird|which one|what|tell me which) is (smaller|shorter|the smaller one|the smaller bird|tinier)[,] {a} or {b}|is {a} (smaller|shorter) than {b}|"
           "{a} or {b}[,] (which|who) is (smaller|shorter)|(of|between) {a} and {b}[,] which is (the smaller one|the smaller bird|smaller))")
FOLLOW = "(and {b}|what about {b}|how about {b}|and for {b}|{b} then|and what about {b}|and now {b}|the same for {b}|and {s}|also {b})"
IT = {k: ASK[k] for k in ("colour", "size", "food", "home", "sound")}

CJK = {
    "zh": {
        "birds": {
            "渡鸦": (65, "黑色", "肉、蛋、虫和果子", "山里、树林和悬崖", 4, "渡鸦站在石头上，\n心里藏着秘密。"),
            "鹰": (85, "棕色", "鱼、兔子和别的动物", "山里和湖边", 5, "鹰在高高的天上，\n画出一个大圆。"),
            "雀": (14, "棕色，常带黄色或红色", "种子和小虫", "树林和花园里", 6, "小雀在树上唱歌，\n歌声送给早晨。"),
            "大雁": (80, "灰色、棕色或白色", "草、根和谷子", "湖边、河边和草地", 7, "大雁向南飞去，\n认得回家的路。"),
            "鸭子": (55, "棕色，雄的头是绿色", "水草、种子和螺", "池塘、湖和河上", 0, "鸭子游在湖面，\n身后水波弯弯。"),
        },
        "ask": {
            "colour": "{b}(是什么颜色|什么颜色|的颜色是什么|长什么样|是什么样子|颜色呢|有什么颜色)",
            "size": "{b}(有多大|多大|有多长|大不大|的大小是多少|大吗|多少厘米)",
            "food": "({b}(平时吃什么|一般吃什么|每天吃什么|都吃些什么东西|最爱吃的是什么|吃什么|喜欢吃什么|的食物是什么|吃些什么|以什么为食|爱吃什么)|拿什么喂{b}|{b}的食物)",
            "home": "({b}(通常住在哪里|一般在哪里生活|都住在什么地方|喜欢住在哪里|住在哪里|住哪儿|生活在哪里|在哪里生活|在哪里|在哪里能看到|的家在哪里|在什么地方做窝|住什么地方|栖息在哪里)|哪里有{b}|在哪里可以看到{b})",
            "gen": "({b}是(哪一代RWKV|第几代|RWKV第几代)|哪一代RWKV叫{b}|RWKV的{b}是第几代)",
            "poem": "(写一首关于{b}的诗|关于{b}的诗|来一首{b}的诗|给{b}写首诗|写两句{b}的诗|用{b}写诗)",
            "about": "({b}是什么|介绍一下{b}|说说{b}|{b}|讲讲{b}|你知道{b}吗|我喜欢{b})",
        },
        "answer": {
            "colour": "{n}是{1}。", "size": "{n}大约长{0}厘米。", "food": "{n}吃{2}。", "home": "{n}住在{3}。",
            "gen": "RWKV-{4}叫{n}。", "poem": "{5}", "about": "{n}是一种鸟，大约长{0}厘米，吃{2}。",
        },
        "compare": "({a}和{b}(哪个大|谁大|哪个更大|谁更大|比哪个大)|{a}比{b}大吗)", "larger": "{a}比{b}大。",
        "follow": "({b}呢|那{b}呢|{b}又怎么样)", "it": "它",
    },
    "ja": {
        "birds": {
            "ワタリガラス": (65, "黒", "肉、卵、虫、果物", "山や森やがけ", 4, "ワタリガラスが石の上、\n秘密をひとりで守ってる。"),
            "ワシ": (85, "茶色", "魚やウサギなどの動物", "山や湖の近く", 5, "ワシが空高く舞い上がり、\n大きな丸をえがいてる。"),
            "フィンチ": (14, "茶色で、黄色や赤もあります", "種や小さな虫", "森や庭", 6, "フィンチが木の上で歌います、\n朝の光に届くように。"),
            "ガン": (80, "灰色、茶色、白", "草や根や穀物", "湖や川や草地の近く", 7, "ガンは南へ飛んでゆく、\n帰る道を知っている。"),
            "カモ": (55, "茶色で、オスの頭は緑", "水草、種、貝", "池や湖や川", 0, "カモが湖を泳いでく、\n水の輪が広がってゆく。"),
        },
        "ask": {
            "colour": "{b}(は何色ですか|の色は|は何色|はどんな色ですか|はどんな見た目ですか|の色は何ですか|の色を教えて)",
            "size": "{b}(はどのくらい大きいですか|の大きさは|は何センチですか|は大きいですか|の大きさを教えて|は大きい)",
            "food": "({b}(のえさは何|は何を食べたがりますか|はどんなものを食べますか|はいつも何を食べますか|は普段何を食べるのですか|の食事は何ですか|の食事は|が食べるのは何ですか|は何を食べますか|の食べ物は|は何を食べる|は何を食べるの|が食べるものは|の好きな食べ物は|のエサは何ですか|は何が好物ですか|の食べ物は何ですか|は何を食べて生きていますか|に何をあげますか|の好物は))",
            "home": "{b}(はどこに住んでいますか|はどこに住む|の住む場所は|はどこにいますか|のすみかは|はどこで見られますか|の家はどこですか|はどこで暮らしますか)",
            "gen": "({b}は(RWKVの第何世代ですか|何番のRWKVですか|RWKVのどれですか)|RWKVの{b}は何番ですか)",
            "poem": "({b}の(詩を書いて|詩を作って|短い詩を|詩をお願いします|詩)|{b}について詩を書いて|{b}の詩がほしい)",
            "about": "({b}とは何ですか|{b}について教えて|{b}|{b}の話をして|{b}を知っていますか|{b}が好きです|{b}とは)",
        },
        "answer": {
            "colour": "{n}は{1}です。", "size": "{n}は約{0}センチです。", "food": "{n}は{2}を食べます。",
            "home": "{n}は{3}に住んでいます。", "gen": "RWKV-{4}は{n}です。", "poem": "{5}",
            "about": "{n}は鳥で、約{0}センチです。{2}を食べます。",
        },
        "compare": "({a}と{b}(はどちらが大きいですか|とではどちらが大きい|、大きいのはどっち|ではどちらが大きいですか)|{a}は{b}より大きいですか)",
        "larger": "{a}は{b}より大きいです。",
        "follow": "({b}は|では{b}は|じゃあ{b}は|{b}はどうですか)", "it": "それ",
    },
}
CJK["ja"]["answer"]["colour"] = "{n}の色は{1}です。"
EN_NAMES = list(EN)


def _article(name):
    return ("an " if name[0] in "aeo" else "a ") + name


def _plural(name):
    return "geese" if name == "goose" else name + ("es" if name.endswith("ch") else "s")


def _ask_en(kind, name, rng, follow=False, it=False):
    text = say(FOLLOW if follow else (IT if it else ASK)[kind], rng)
    shown = "it" if it else rng.choice(["the " + name, "the " + name, _article(name)])
    many = "they" if it else _plural(name)
    return text.replace("{b}", shown).replace("{s}", many).replace("{n}", name).replace("{p}", "its" if it else name)


def _answer(template, name, row):
    return template.format(*row, n=name, N=name.capitalize())


def turns(language, rng):
    """A list of (question, answer): one question about birds and perhaps what follows from it."""
    return _turns_en(rng) if language == "en" else _turns_cjk(CJK[language], rng)


def _pick(names, generation_of, kind, rng):
    names = [n for n in names if kind != "gen" or generation_of(n)]
    weights = [3 if generation_of(n) else 1 for n in names]
    return rng.choices(names, weights)[0]


def _turns_en(rng):
    if rng.random() < 0.17:
        a, b = rng.sample(EN_NAMES, 2)
        smaller = rng.random() < 0.35
        ask = say(SMALLER if smaller else COMPARE, rng)
        ask = ask.replace("{a}", "the " + a if rng.random() < 0.6 else _article(a)).replace("{b}", "the " + b if rng.random() < 0.6 else _article(b))
        big, small = (a, b) if EN[a][0] > EN[b][0] else (b, a)
        return [(ask, f"The {small} is smaller than the {big}." if smaller else f"The {big} is larger than the {small}.")]
    kind = rng.choices(list(ASK), [3, 3, 5, 4, 2, 3, 4, 4])[0]
    name = _pick(EN_NAMES, lambda n: EN[n][5], kind, rng)
    out = [(_ask_en(kind, name, rng), _answer(ANSWER[kind], name, EN[name]))]
    while rng.random() < 0.35 and len(out) < 4:
        if rng.random() < 0.5:
            name = _pick([n for n in EN_NAMES if n != name], lambda n: EN[n][5], kind, rng)
            out.append((_ask_en(kind, name, rng, follow=True), _answer(ANSWER[kind], name, EN[name])))
        else:
            kind = rng.choice(list(IT))
            out.append((_ask_en(kind, name, rng, it=True), _answer(ANSWER[kind], name, EN[name])))
    return out


def _turns_cjk(table, rng):
    birds = table["birds"]
    if rng.random() < 0.15:
        a, b = rng.sample(list(birds), 2)
        ask = say(table["compare"], rng).replace("{a}", a).replace("{b}", b)
        big, small = (a, b) if birds[a][0] > birds[b][0] else (b, a)
        return [(ask, table["larger"].format(a=big, b=small))]
    kind = rng.choices(list(table["ask"]), [3, 3, 5, 4, 3, 3, 4])[0]
    name = _pick(list(birds), lambda n: birds[n][4], kind, rng)
    out = [(say(table["ask"][kind], rng).replace("{b}", name), _answer(table["answer"][kind], name, birds[name]))]
    while rng.random() < 0.35 and len(out) < 4:
        if rng.random() < 0.5:
            name = _pick([n for n in birds if n != name], lambda n: birds[n][4], kind, rng)
            ask = say(table["follow"], rng).replace("{b}", name)
        else:
            kind = rng.choice(["colour", "size", "food", "home"])
            ask = say(table["ask"][kind], rng).replace("{b}", table["it"])
        out.append((ask, _answer(table["answer"][kind], name, birds[name])))
    return out
