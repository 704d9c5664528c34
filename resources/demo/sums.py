"""Small sums, counting, comparing numbers and days of the week in three languages."""
from grammar import say

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen").split()
TENS = ["", "", "twenty", "thirty", "forty"]
ZH = "零一二三四五六七八九十"
LARGEST = 40
THINGS = ("apples pears nuts coins books cups stones birds feathers ducks geese letters flowers cookies balls pens "
          "keys shoes trees cats fish boxes seeds worms nests cards tickets candles").split()
NAMES = "Tom Anna Lena Ben Mia Paul Eva Tim Sara Max Nora Leo Ida Otto".split()

DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "zh": "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split(),
    "ja": "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日".split(),
}


def words(number):
    """The English number word."""
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + ("-" + ONES[number % 10] if number % 10 else "")


def han(number):
    """The Chinese and Japanese number word, 0 to 99."""
    if number <= 10:
        return ZH[number]
    tens, ones = divmod(number, 10)
    return (ZH[tens] if tens > 1 else "") + "十" + (ZH[ones] if ones else "")


def _shown(language, rng):
    """How numbers are written in this question."""
    style = rng.random()
    if language == "en":
        return words if style < 0.3 else str
    return han if style < 0.38 else str


PLUS = {
    "en": "({a} plus {b}|what is {a} plus {b}|what's {a} + {b}|{a} + {b}|{a}+{b}|{a}+{b}=|{a} + {b} =|how much is {a} plus {b}|how much is {a} and {b}|add {a} and {b}|"
          "add {b} to {a}|what do you get for {a} + {b}|{a} and {b} is|calculate {a} + {b}|the sum of {a} and {b}|what is the sum of {a} and {b}|can you add {a} and {b}|"
          "{a} plus {b} equals|what is {a}+{b}|work out {a} plus {b}|solve {a} + {b}|{a} and {b} together|what does {a} plus {b} make|{a} add {b}|how many is {a} and {b}|put {a} and {b} together|{a} with {b} added)",
    "zh": "({a}加{b}|{a}再加上{b}|{a}加上{b}等于多少|{a}加上{b}是几|{a}加{b}等于多少|{a}加{b}是多少|{a}+{b}|{a}+{b}=|{a}+{b}等于几|{a}和{b}的和是多少|计算{a}+{b}|{a}+{b}是多少|{a}加上{b}得多少|{a}加{b}得几|{a}加{b}等于几)",
    "ja": "({a}足す{b}|{a}足す{b}は|{a}+{b}|{a}+{b}は|{a}+{b}=|{a}と{b}を足すと|{a}に{b}を足すと(いくつですか|何ですか|)|{a}たす{b}は(いくつ|何)ですか|{a}プラス{b}は|{a}と{b}の和は|{a}に{b}を足したら何になりますか)",
}
MINUS = {
    "en": "({a} minus {b}|what is {a} minus {b}|what's {a} - {b}|{a} - {b}|{a}-{b}|{a}-{b}=|{a} - {b} =|how much is {a} minus {b}|subtract {b} from {a}|take {b} from {a}|"
          "take {b} away from {a}|{a} less {b}|calculate {a} - {b}|the difference of {a} and {b}|what is {a}-{b}|what remains if you take {b} from {a}|{a} minus {b} equals|"
          "work out {a} minus {b}|solve {a} - {b}|what is left of {a} without {b}|{a} without {b}|what is {a} less {b}|{a} take {b}|what is {a} take {b}|take {b} away from {a}, what is left|how much is {a} without {b}|from {a} take away {b}|{a} subtract {b}|{a} reduced by {b}|take {b} off {a})",
    "zh": "({a}减{b}|{a}再减{b}|{a}减去{b}等于几|{a}减{b}等于多少|{a}减{b}是多少|{a}-{b}|{a}-{b}=|{a}-{b}等于几|计算{a}-{b}|{a}减去{b}|{a}减去{b}得多少|{a}-{b}是多少|从{a}里拿走{b}剩多少|{a}减{b}等于几)",
    "ja": "({a}引く{b}|{a}引く{b}は|{a}-{b}|{a}-{b}は|{a}-{b}=|{a}から{b}を引くと(いくつですか|何ですか|)|{a}ひく{b}は(いくつ|何)ですか|{a}マイナス{b}は|{a}から{b}を引いた答えは|{a}から{b}引いて|{a}から{b}を引いたら何ですか|{a}から{b}を引いたらどうなりますか|{a}から{b}を引くといくらですか|{a}から{b}を取ると残りは)",
}
STORY_PLUS = ("({w} (have|has|had|own|see|bought) {a} {t} and (get|gets|got|buy|buys|take|takes|receive|add|adds|pick up|is given|win) {b} more[ {t}]. how many {t} (do|does|are) (i have|there|that make|that)[ now| in all| together| then]|"
              "there are {a} {t} and {b} more (come|arrive|are added). how many[ {t}] (are there|is that|are there now)|{a} {t} and {b} {t} are how many|"
              "if {w} (have|had|see) {a} {t} and (get|buy|win|take|pick) {b} more, how (many|much) (is that|are there|do i have|does that make)|if i (add|put) {b} {t} to {a}[ {t}], how many (are there|do i have|do i get|is it)|i had {a} {t}, then {b} more came. how many now)")
STORY_MINUS = ("({w} (have|has|had|own|see|bought) {a} {t} and (lose|loses|lost|give|gives|gave|sell|sells|eat|eats|drop) {b}[ away| of them]. how many {t} (do|are) (i have|left|remain)[ now| then]|"
               "there (are|were) {a} {t} and {b} (go|leave|fly) away. how many[ {t}] (are left|remain|stay)|if i take {b} {t} from {a}[ {t}], how many (are left|remain|do i have))")
TIMES = {
    "en": "({a} times {b}|what is {a} times {b}|{a} * {b}|{a} x {b}|multiply {a} by {b}|{a} divided by {b}|divide {a} by {b}|{a} / {b}|the square root of {a}|{a} squared|{a} percent of {b})",
    "zh": "({a}乘{b}|{a}乘以{b}等于多少|{a}除以{b}|{a}×{b}|{a}除{b})",
    "ja": "({a}かける{b}は|{a}×{b}|{a}割る{b}は|{a}÷{b})",
}
NO_TIMES = {"en": "I only know sums and differences of small numbers.", "zh": "我只会小数字的加减。", "ja": "小さな数の足し算と引き算だけできます。"}
TOO_LARGE = {"en": "Those numbers are too large for me. I add and subtract up to 40.", "zh": "数字太大了，我只会40以内的加减。", "ja": "数が大きすぎます。40までの足し算と引き算ができます。"}
COUNT = {
    "en": "((count|counting|please count|can you count|count for me|count up|let me hear you count|say the numbers|numbers|list the numbers|i want you to count) from {a} (to|up to|till|until) {b}|count {a} to {b}|from {a} to {b}|"
          "start at {a} and count to {b}|give me the numbers from {a} to {b}|(name|write) all numbers (between|from) {a} (and|to) {b}|begin with {a} and stop at {b}|count on from {a} until you reach {b})",
    "zh": "(从{a}数到{b}|请从{a}数到{b}|{a}数到{b}|数一数{a}到{b}|从{a}到{b}数一遍|数数，从{a}到{b}|从{a}开始数到{b}|帮我从{a}数到{b}|从{a}数到{b}吧|请你从{a}数到{b}给我听|把{a}到{b}数出来)",
    "ja": "({a}から{b}まで数えて|{a}から{b}まで数えてください|{a}から{b}まで|{a}から{b}までの数を言って|{a}から始めて{b}まで数えて)",
}
COUNT_TO = {"en": "(count to {b}|can you count to {b}|please count to {b}|count up to {b}|count till {b}|count until {b})", "zh": "(数到{b}|请数到{b}|能数到{b}吗)", "ja": "({b}まで数えて|{b}まで数えてください|{b}まで数えられますか)"}
DOWN = {
    "en": "(count (down|backwards|back|downwards) from {a} to {b}|count from {a} down to {b}|count from {a} to {b} backwards|from {a} down to {b}|(start|begin) at {a} and count (down|back|backwards) to {b}|count {a} to {b} in reverse|"
          "can you count (down|backwards) from {a} to {b}|numbers from {a} down to {b}|count (down|backwards)(,|) (start|starting|begin|beginning) (with|from|at) {a} and (end|stop|stopping) (at|with) {b}|go back from {a} to {b}|count backwards, {a} to {b}|backwards from {a} to {b}|(start|begin|starting|beginning) (with|at|from) {a}, count (down|backwards|back) (to|until) {b})",
    "zh": "(从{a}倒数到{b}|{a}倒数到{b}|请从{a}倒着数到{b}|从{a}往回数到{b})", "ja": "({a}から{b}まで逆に数えて|{a}から{b}までカウントダウンして|{a}から{b}まで逆に数えてください)",
}
NEXT = {
    "en": "((what|which number|which|what number) (comes|is|follows|goes) (after|next after|right after) {a}|the number after {a}|what follows {a}|{a} and then|what is the next number after {a})",
    "zh": "({a}后面是几|{a}的下一个数是几|{a}之后是什么数)", "ja": "({a}の次は|{a}の次の数は何ですか|{a}のあとの数は)",
}
BEFORE = {"en": "((what|which number|which|what number) (comes|is|goes) (before|right before|just before) {a}|the number before {a})", "zh": "({a}前面是几|{a}的前一个数是几)", "ja": "({a}の前は|{a}の前の数は何ですか)"}
LARGER = {
    "en": "((which|what|which number) is (larger|bigger|greater|more)[,] {a} or {b}|is {a} (larger|bigger|greater|more) than {b}|{a} or {b}, (which|what) is (larger|bigger|more)|which is the larger number, {a} or {b}|compare {a} and {b}|is {b} less than {a}|which of {a} and {b} is (larger|bigger))",
    "zh": "({a}和{b}(哪个大|谁大|哪个更大)|{a}比{b}大吗|比较{a}和{b})", "ja": "({a}と{b}(はどちらが大きいですか|ではどちらが大きい|、どちらが大きい)|{a}は{b}より大きいですか)",
}
LARGER_SAY = {"en": "{a} is larger than {b}.", "zh": "{a}比{b}大。", "ja": "{a}は{b}より大きいです。"}
EQUAL_SAY = {"en": "Both are {a}.", "zh": "两个都是{a}。", "ja": "どちらも{a}です。"}
AND_PLUS = {"en": "(and plus {b}|plus {b}|and {b} more|add {b}|now add {b}|and if you add {b}|then plus {b}|and with {b} more)", "zh": "(再加{b}|再加{b}呢|然后加{b}|加{b}呢)", "ja": "(さらに{b}を足すと|それに{b}を足すと|あと{b}足して)"}
AND_MINUS = {"en": "(and minus {b}|minus {b}|and {b} less|take away {b}|now subtract {b}|then minus {b}|and {b} fewer)", "zh": "(再减{b}|再减{b}呢|然后减{b}|减{b}呢)", "ja": "(そこから{b}を引くと|さらに{b}を引くと|あと{b}引いて)"}
DAY_AFTER = {
    "en": "((what|which|what day|which day) (comes|is|follows) (after|next after|right after) {d}|the day after {d}|what day is after {d}|{d} and then|if today is {d}, what (day is|is) tomorrow|today is {d}. what (day is|is|will be) tomorrow|what follows {d}|which day is next after {d}|tomorrow of {d}|name the day (after|following) {d}|what is the name of the day (after|following) {d}|the day that (follows|is after) {d}|how is the day after {d} called|what do we call the day after {d}|which day do we have after {d}|which weekday follows {d})",
    "zh": "({d}后面是星期几|{d}的后一天是星期几|{d}之后是哪天|今天是{d}，明天是星期几|{d}的第二天是什么)", "ja": "({d}の次は何曜日ですか|{d}の次は|{d}の次の日は|今日が{d}なら明日は何曜日ですか|{d}の翌日は)",
}
DAY_BEFORE = {
    "en": "((what|which|what day|which day) (comes|is) (before|right before|just before) {d}|the day before {d}|if today is {d}, what was yesterday|today is {d}. what (day was|was) yesterday|name the day before {d}|which weekday is before {d})",
    "zh": "({d}前面是星期几|{d}的前一天是星期几|今天是{d}，昨天是星期几)", "ja": "({d}の前は何曜日ですか|{d}の前の日は|今日が{d}なら昨日は何曜日ですか)",
}
AFTER_SAY = {"en": "After {d} comes {e}.", "zh": "{d}之后是{e}。", "ja": "{d}の次は{e}です。"}
BEFORE_SAY = {"en": "Before {d} comes {e}.", "zh": "{d}之前是{e}。", "ja": "{d}の前は{e}です。"}
AND_THEN = {"en": "(and then|and after that|and the next|what comes next|and the day after that|next)", "zh": "(然后呢|再后面呢|下一天呢)", "ja": "(その次は|次は|そのあとは)"}
ODD = "(is {a} (odd|even|odd or even|an odd number|an even number)|{a} odd or even)"
DOUBLE = "(double {a}|what is double {a}|twice {a}|the double of {a}|two times {a}|what is twice {a}|what is the double of {a})"


def _put(template, rng, show, **numbers):
    text = say(template, rng)
    for name, number in numbers.items():
        text = text.replace("{" + name + "}", show(number) if isinstance(number, int) else number)
    return text


def _listed(numbers, language):
    return ("、" if language != "en" else ", ").join(map(str, numbers)) + ("." if language == "en" else "。")


def _equation(a, sign, b):
    return f"{a} {sign} {b} = {a + b if sign == '+' else a - b}."


def _small(rng):
    return rng.randint(0, 20) if rng.random() < 0.9 else rng.randint(0, LARGEST)


def arithmetic(language, rng):
    """One sum or difference and perhaps a few steps further."""
    show, a, b = _shown(language, rng), _small(rng), _small(rng)
    sign = rng.choice("+-")
    if sign == "-" and a < b and rng.random() < 0.8:
        a, b = b, a
    if language == "en" and rng.random() < 0.3:
        story = STORY_PLUS if sign == "+" else STORY_MINUS
        ask = _put(story, rng, show, a=a, b=b, t=rng.choice(THINGS), w=rng.choice(["i", "i", "i", "we", "you", "she", "he"] + NAMES))
    else:
        ask = _put((PLUS if sign == "+" else MINUS)[language], rng, show, a=a, b=b)
    out, value = [(ask, _equation(a, sign, b))], a + b if sign == "+" else a - b
    while rng.random() < 0.4 and len(out) < 4 and 0 <= value <= LARGEST:
        step, sign = rng.randint(1, 10), rng.choice("++-")
        if sign == "-" and step > value:
            sign = "+"
        out.append((_put((AND_PLUS if sign == "+" else AND_MINUS)[language], rng, show, b=step), _equation(value, sign, step)))
        value += step if sign == "+" else -step
    return out


def counting(language, rng):
    show, length = _shown(language, rng), rng.randint(2, 12)
    low = rng.choice([1, rng.randint(0, 12), rng.randint(0, 30)])
    high, kind = low + length, rng.random()
    if kind < 0.35:
        return [(_put(DOWN[language], rng, show, a=high, b=low), _listed(range(high, low - 1, -1), language))]
    if kind < 0.5:
        high = rng.randint(2, 20)
        return [(_put(COUNT_TO[language], rng, show, b=high), _listed(range(1, high + 1), language))]
    return [(_put(COUNT[language], rng, show, a=low, b=high), _listed(range(low, high + 1), language))]


def comparing(language, rng):
    show, a, b, kind = _shown(language, rng), rng.randint(0, 99), rng.randint(0, 99), rng.random()
    if kind < 0.5:
        answer = EQUAL_SAY if a == b else LARGER_SAY
        return [(_put(LARGER[language], rng, show if max(a, b) <= LARGEST else str, a=a, b=b), answer[language].format(a=max(a, b), b=min(a, b)))]
    a = rng.randint(1, LARGEST)
    if language == "en" and kind < 0.7:
        if rng.random() < 0.5:
            return [(_put(ODD, rng, show, a=a), f"{a} is {'odd' if a % 2 else 'even'}.")]
        a = rng.randint(0, 20)
        return [(_put(DOUBLE, rng, show, a=a), _equation(a, "+", a))]
    if rng.random() < 0.5:
        return [(_put(NEXT[language], rng, show, a=a), f"{a + 1}" + ("." if language == "en" else "。"))]
    return [(_put(BEFORE[language], rng, show, a=a), f"{a - 1}" + ("." if language == "en" else "。"))]


def refused(language, rng):
    if rng.random() < 0.5:
        return [(_put(TIMES[language], rng, _shown(language, rng), a=rng.randint(2, 40), b=rng.randint(2, 40)), NO_TIMES[language])]
    a, b = rng.randint(0, 999), rng.randint(101, 9999)
    if rng.random() < 0.5:
        a, b = b, a
    return [(_put(rng.choice([PLUS, MINUS])[language], rng, str, a=a, b=b), TOO_LARGE[language])]


def days(language, rng):
    week, after = DAYS[language], rng.random() < 0.6
    i = rng.randrange(7)
    j = (i + (1 if after else -1)) % 7
    ask = _put((DAY_AFTER if after else DAY_BEFORE)[language], rng, str, d=week[i])
    out = [(ask, (AFTER_SAY if after else BEFORE_SAY)[language].format(d=week[i], e=week[j]))]
    while after and rng.random() < 0.3 and len(out) < 3:
        i, j = j, (j + 1) % 7
        out.append((say(AND_THEN[language], rng), AFTER_SAY[language].format(d=week[i], e=week[j])))
    return out


def turns(language, rng):
    kind = rng.choices([arithmetic, counting, comparing, refused, days], [12, 5.5, 2.5, 0.8, 2.5])[0]
    return kind(language, rng)
