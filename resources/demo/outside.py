"""Questions outside the model's little world, answered honestly, and the user's name, remembered."""
from grammar import say

TOPICS = ("the weather|football|tennis|chess|hockey|music|jazz|the piano|films|a film|television|cars|bicycles|trains|planes|ships|cooking|soup|"
          "pizza|bread|cake|coffee|tea|wine|chocolate|apples|sugar|salt|politics|elections|the president|the king|the queen|the government|"
          "taxes|money|banks|shares|gold|silver|iron|oil|water|fire|rain|snow|wind|the sun|the moon|mars|stars|space|rockets|physics|chemistry|"
          "biology|history|geography|geometry|algebra|the sea|rivers|islands|mountains|deserts|france|paris|london|berlin|tokyo|china|japan|india|"
          "africa|america|europe|rome|egypt|brazil|canada|spain|italy|dogs|cats|horses|cows|lions|elephants|fish|whales|spiders|bees|snakes|trees|"
          "roses|flowers|doctors|medicine|headache|the heart|the brain|sleep|teeth|sport|running|swimming|school|university|books|novels|poets|"
          "painters|museums|cameras|phones|computers|python|java|linux|windows|the internet|email|websites|games|toys|clothes|shoes|houses|rent|"
          "holidays|christmas|birthdays|weddings|love|friends|work|jobs|lawyers|police|war|peace|religion|philosophy|freedom|truth|happiness|time|"
          "dinosaurs|volcanoes|earthquakes|bridges|towers|castles|electricity|magnets|lasers|robots|batteries|engines|energy").split("|")
PLACES = "paris|london|berlin|tokyo|new york|rome|china|france|india|egypt|brazil|spain|moscow|vienna|oslo|canada|peru|kenya|norway|sweden|osaka|beijing|chicago|texas|germany|austria|poland|greece|turkey|mexico|australia|russia|korea|thailand|finland|denmark|ireland|scotland|portugal|hungary|cuba|chile|nepal|madrid|lisbon|athens|dublin|prague|seoul|delhi|cairo|toronto|sydney|boston|milan|hamburg|munich|lyon".split("|")
EN = ("((what is|tell me about|explain|what do you know about|how does one use|what do you think (of|about)|do you like|who invented|when was the first|why do people like|how do i buy|where do i buy|write about|what about|"
      "talk about|give me information on|help me with|i need help with|teach me|how do i learn|what is the best book about|how much is|how old is|i want to know more about|can you explain|describe|is there news about|how does one make) {t}|"
      "(what is the capital of|how many people live in|how is the weather in|how do i get to|where is|how far is|who is the president of|who rules|what is the time in|how big is|what language do they speak in|what can i see in|"
      "is it raining in|how warm is it in|what do people eat in|tell me about|how much is a flight to|which river flows through) {p}|"
      "(will it rain|is it cold outside|what will the weather be|how is the weather|is it sunny|do i need an umbrella|how warm is it)[ today| tomorrow| next week| on sunday]|"
      "who (won|lost|played|is winning|leads|scored in) the (tennis|hockey|chess|boxing|cricket|tennis|baseball|cycling) (game|final|cup|tournament|race|championship|title)[ yesterday| today| last year| this week| on sunday]|"
      "who (wrote|painted|sang|discovered|directed|founded|invented) (the {w}|{w}|{t})|who (is|was) {W}[ {W}]|what is (a {w}|{w}|the {w})|where is {W}|how (tall|old|rich|famous|deep|fast|heavy|far) is (the {w}|{W}|{t})|"
      "(write|write me|code|can you write|please write|help me write) (a program|python code|code|some code|a function|a script|java code|a website|an app|a query) (to|that can|for|which can) (sort|count|print|read|open|parse|draw|compute|find|{w}) (a list|numbers|a file|words|a table|{t}|data|text)|(write|give me|make|draw|show me|send) (an essay|a story|an email|a letter|a recipe|a program|a python script|a picture|a list|a plan|a speech|an image|a shopping list|some code|a long story|a novel) (about|for|of|with|on) {t}|"
      "translate (this|{w}|a sentence|my letter|good morning) into (german|french|spanish|latin|italian|russian)|how do you say {w} in (german|french|spanish|latin|russian)|"
      "(what should i (eat|wear|cook|read|watch|buy|do|study)[ today| tonight| tomorrow]|recommend (a film|a book|a restaurant|a song|a game|a hotel)|book a (flight|table|hotel|taxi)|order (a pizza|food|a taxi)|play (music|a song|a game)|"
      "call my (mother|friend|boss)|send an email to {W}|set an alarm|remind me to {w}|open the {w}|what is the meaning of life|is there a god|how do i get rich|am i sick|i have a headache|i am sad|who will win the election|"
      "did we win the match|how did the match end|what was the score (last night|yesterday|on monday)|who played (last night|last week|at the weekend|yesterday)|which team (won|lost|is better|plays tonight)|what was on television last night|where were you last night|who is the best {t} player|who won (the war|the prize|the lottery|the vote|last week|the match|the medal)|what is the news|what happened (yesterday|today|in 1900|in the news)|when is (christmas|easter|my birthday|the next train|the next holiday|dinner)|what is the largest (city|country|planet|animal|lake)|how far is the moon|"
      "how many (people|stars|countries|cars|languages) are there|why is the (sky|sea|grass|sun) (blue|green|yellow|warm)|how does (a car|a phone|an engine|the heart|a {w}) work|fix my (car|code|phone|printer|bike)|who is the (president|king|richest man|best player|fastest runner)|"
      "what is the (price|cost|value) of {t}|how much (is|costs) (a {w}|{t})|where can i buy {t}|i want to (buy|sell|see|cook|learn) {t}|can you (cook|drive|swim|dance|see me|draw|code|fly|play {t})|how long does {t} take|do you know {W}|{W}|{w} {w}|{t}|i like {t}|my {w} is {w}|how do i {w} a {w}|why does {t} {w}))")
EN_SAY = "I am only a small demonstration model and do not know that. Ask me about Rookery, birds, counting or small sums."
ZH_TOPICS = "足球|天气|音乐|电影|汽车|做饭|咖啡|茶|面包|政治|股票|黄金|月亮|太阳|历史|地理|物理|化学|法国|巴黎|北京|上海|东京|美国|日本|非洲|狗|猫|马|大象|花|医生|药|头痛|学校|大学|书|小说|手机|电脑|游戏|衣服|房子|旅行|生日|爱情|工作|钱|律师|战争|宗教|时间|恐龙|地震|电|火车|飞机|篮球|苹果|水|饭店|诗人|画家".split("|")
ZH = ("((什么是|介绍一下|说说|你知道|你喜欢|怎么买|谁发明了|怎么学|为什么喜欢|讲讲|哪里买){t}|{t}(是什么|怎么样|好吗|贵吗|在哪里|多少钱|是谁发明的|有什么用|怎么做|为什么这么贵|的历史)|(今天|后天|下周|北京|上海|巴黎)(天气怎么样|会下雨吗|冷吗|热不热)|"
      "(法国|美国|日本|英国|巴西)的首都是哪里|(谁是总统|谁赢了比赛|谁赢了{t}比赛|写一封信|写一个程序|写一篇关于{t}的文章|翻译成法语|推荐一本书|推荐一部电影|我头疼|我很难过|人生的意义是什么|今天吃什么|订一张机票|放一首歌|天空为什么是蓝的|月亮有多远|世界上有多少人|帮我写作业|最大的城市是哪个|新闻说了什么|我该买什么|怎么赚钱|{t}))")
ZH_SAY = "我只是小演示模型，不知道这个。可以问我Rookery、鸟、数数或者小算术。"
JA_TOPICS = "サッカー|天気|音楽|映画|車|料理|コーヒー|お茶|パン|政治|株|金|月|太陽|歴史|地理|物理|化学|フランス|パリ|京都|大阪|ロンドン|アメリカ|中国|アフリカ|犬|猫|馬|象|花|医者|薬|頭痛|学校|大学|本|小説|電話|パソコン|ゲーム|服|家|旅行|誕生日|恋|仕事|お金|弁護士|戦争|宗教|時間|恐竜|地震|電気|電車|飛行機|野球|りんご|水|寿司|詩人|画家".split("|")
JA = ("({t}(とは何ですか|について教えて|は好きですか|の値段は|はどこで買えますか|は誰が発明しましたか|の歴史は|を説明して|はどこですか|が好きです|の作り方は|について書いて|はどうですか|)|(今日|来週|週末|京都|大阪|パリ)の天気は|(今日|来週|週末|明日)は(雨が降りますか|寒いですか|晴れますか|暑いですか)|"
      "(フランス|アメリカ|中国|ブラジル)の首都は(どこですか|)|(大統領は誰ですか|試合に勝ったのは誰ですか|{t}の試合は誰が勝ちましたか|手紙を書いて|プログラムを書いて|フランス語に訳して|本をすすめて|映画をすすめて|頭が痛いです|悲しいです|人生の意味は|夕食は何がいいですか|飛行機を予約して|曲をかけて|空はなぜ青いのですか|月までの距離は|世界の人口は|宿題を手伝って|一番大きな町はどこですか|ニュースは何ですか|お金持ちになるには))")
JA_SAY = "小さなデモモデルなので、それはわかりません。Rookery、鳥、数えること、小さな計算について聞いてください。"

PEOPLE = {
    "en": ("Anna Ben Clara David Emma Felix Grace Henry Ida Jack Kate Leo Maria Nina Oscar Paula Quinn Rosa Sam Tina Uma Victor Wendy Xenia Yuri Zoe Alex Bella Carl "
           "Diana Erik Fiona George Hanna Ivan Julia Kevin Laura Mark Nora Omar Peter Rita Simon Tom Vera Walter Yara Ali Li Wei Kenji Yuki Ahmed Fatima Olga Pedro").split(),
    "zh": "小明 小红 小华 小李 小王 阿强 丽丽 李华 王芳 张伟 安娜 大卫 小雨 小林".split(),
    "ja": "田中 鈴木 佐藤 山田 中村 さくら たろう はなこ ゆき けん アンナ トム 小林 森".split(),
}
TELL = {"en": "((my name is|i am|i'm|call me|you can call me|this is|my name's|hi, i am|hello, my name is) {n}|{n} is my name|people call me {n})", "zh": "(我叫{n}|我的名字是{n}|我是{n}|你好，我叫{n}|叫我{n}吧)", "ja": "(私は{n}です|名前は{n}です|私の名前は{n}です|{n}と言います|{n}と呼んでください)"}
MEET = {"en": "Nice to meet you, {n}!", "zh": "很高兴认识你，{n}！", "ja": "はじめまして、{n}さん！"}
RECALL = {"en": "(what is my name|what's my name|do you (know|remember) my name|who am i|tell me my name|say my name|what am i called|do you remember me|can you remember my name|my name|how am i called|do you still know (my name|who i am))", "zh": "(我叫什么|我的名字是什么|你记得我的名字吗|我是谁|你还记得我叫什么吗|说说我的名字)", "ja": "(私の名前は|私の名前は何ですか|私の名前を覚えていますか|私は誰ですか|名前を覚えていますか)"}
KNOWN = {"en": "Your name is {n}.", "zh": "你叫{n}。", "ja": "あなたは{n}さんです。"}
UNKNOWN = {"en": "You have not told me your name yet.", "zh": "你还没告诉我你的名字。", "ja": "まだお名前を聞いていません。"}

_ONSET = "b c d f g h j k l m n p r s t v w z br cl dr fl gr kr pl sh st th tr".split() + [""]
_CODA = ["", "", "n", "r", "s", "l", "t", "m", "ck", "nd"]


def made_up(rng):
    """A word that does not exist, so that the model learns to say that it does not know."""
    return "".join(rng.choice(_ONSET) + rng.choice("aeiou") + rng.choice(_CODA) for _ in range(rng.choice([1, 2, 2, 3])))


def question(language, rng):
    """One (question, answer) outside the model's world."""
    if language == "zh":
        return say(ZH, rng).replace("{t}", rng.choice(ZH_TOPICS)), ZH_SAY
    if language == "ja":
        return say(JA, rng).replace("{t}", rng.choice(JA_TOPICS)), JA_SAY
    text = say(EN, rng)
    for mark, make in (("{t}", lambda: rng.choice(TOPICS)), ("{p}", lambda: rng.choice(PLACES)), ("{w}", lambda: made_up(rng)), ("{W}", lambda: made_up(rng).capitalize())):
        while mark in text:
            text = text.replace(mark, make(), 1)
    return text, EN_SAY


def name_of_someone(language, rng):
    if language == "en" and rng.random() < 0.35:
        return made_up(rng).capitalize()
    return rng.choice(PEOPLE[language])
