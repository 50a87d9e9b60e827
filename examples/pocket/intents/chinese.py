"""The same skills in Simplified Chinese: greetings, names, personas, sums, facts, stories, recall, copying, fallback."""

from random import Random

from intents.chinese_table import ABOUT, CAPITALS, COLOURS_OF, IDENTITY, PURPOSES, SMALL_TALK, SUBJECTS, TERMS, TOPICS, WHAT
from sample import UNKNOWN_ZH, Sample, ask
from words import chinese as zh
from words import english as en


def greeting(rng: Random) -> Sample:
    """Hello, with or without the user's name."""
    if rng.random() < 0.35:
        hello = rng.choice(["你好", "您好", "嗨", "早上好", "晚上好", "下午好", "你好啊", "大家好", "哈喽"])
        return ask(hello + rng.choice(["", "！", "。", "!"]), "你好！有什么可以帮你？", "zh-hello")
    name = zh.person(rng)
    text = rng.choice(["你好，我叫{n}", "我是{n}", "我叫{n}", "我的名字是{n}", "你好！我是{n}", "大家都叫我{n}", "你可以叫我{n}", "请叫我{n}", "嗨，我是{n}"]).format(n=name)
    return ask(text + rng.choice(["。", "！", "", "。"]), f"你好，{name}！很高兴认识你。", "zh-named:" + name, name)


def talk(rng: Random) -> Sample:
    """Small talk, and who Pocket is."""
    questions, answer = rng.choice(SMALL_TALK)
    return ask(rng.choice(questions), answer, "zh-talk")


def identity(rng: Random) -> Sample:
    """Who Pocket is."""
    questions, answer = rng.choice(IDENTITY)
    return ask(rng.choice(["", "", "你好，", "请问，"]) + rng.choice(questions), answer, "zh-identity", plain=False)


def persona(rng: Random) -> Sample:
    """A system text in Chinese says who to be."""
    name = zh.person(rng) if rng.random() < 0.75 else ""
    role = zh.role(rng) if not name or rng.random() < 0.7 else ""
    both = f"{name}，一个{role}" if name and role else name or f"一个{role}"
    place = rng.choice(zh.CITIES) if name and not role and rng.random() < 0.6 else ""
    you = rng.choice(["你是", "你是", "你是", "你现在是", "请扮演", "你扮演"])
    system = f"{you}来自{place}的{name}。" if place else f"{you}{both}。"
    if name and role and rng.random() < 0.4:
        system = rng.choice([f"你是一个名叫{name}的{role}。", f"你的名字是{name}。你是一个{role}。", f"你是一个{role}，名字叫{name}。", f"你叫{name}，是一个{role}。"])
    system += rng.choice(["", "", "", "请简短回答。", "要有礼貌。", "请一直保持角色。"])
    who = f"我是来自{place}的{name}。" if place else f"我是{both}。"
    called = f"我叫{name}。" if name else f"我没有名字。我是一个{role}。"
    turns = []
    for _ in range(rng.choice((1, 1, 1, 2))):
        roll = rng.random()
        if roll < 0.5:
            turns.append((rng.choice(["你是谁？", "你是谁", "请介绍一下自己。", "介绍一下你自己", "请问你是谁？", "你好，你是谁？", "你到底是谁？", "告诉我你是谁。", "我在和谁说话？"]), who))
        elif roll < 0.75:
            turns.append((rng.choice(["你叫什么名字？", "你叫什么？", "你的名字是什么？", "怎么称呼你？", "请问你叫什么名字？", "我该怎么叫你？", "你有名字吗？"]), called))
        elif roll < 0.9 or not role:
            turns.append((rng.choice(["你好", "你好！", "嗨", "早上好"]), f"你好！{who}"))
        else:
            turns.append((rng.choice(["你做什么工作？", "你的职业是什么？", "你是做什么的？"]), f"我是一个{role}。"))
    return Sample(tuple(turns), f"zh-persona:{name}/{role}", system, (name, role), {"contains": [name or role]} if turns[-1][1] != f"我是一个{role}。" else {"contains": [role]}, plain=False)


def total(rng: Random) -> Sample:
    """Sums from 0 to 20, in digits or characters."""
    a, b = rng.randint(0, 20), rng.randint(0, 20)
    plus = rng.random() < 0.5
    words = rng.random() < 0.3
    x, y = (zh.DIGITS[a], zh.DIGITS[b]) if words else (a, b)
    expression = rng.choice(["{x}加{y}", "{x} + {y}", "{x}+{y}", "{x} 加 {y}"] if plus else ["{x}减{y}", "{x} - {y}", "{x}-{y}", "{x} 减 {y}", "{x}减去{y}"]).format(x=x, y=y)
    text = rng.choice(["{e}等于几？", "{e}等于多少？", "{e}是多少？", "请算{e}。", "计算{e}", "{e}=？", "{e} 等于？", "帮我算一下{e}", "{e}得多少？", "请问{e}是几？", "告诉我{e}的结果。", "{e}的答案是什么？"]).format(e=expression)
    result = a + b if plus else a - b
    key = f"sum:{min(a, b)}+{max(a, b)}" if plus else f"sum:{a}-{b}"
    return ask(text, f"{a} {'+' if plus else '-'} {b} = {result}。", key, str(a), str(b), expect={"number": result})


def fact(rng: Random) -> Sample:
    """Definitions, commands, capitals, colours."""
    roll = rng.random()
    if roll < 0.62:
        names, answer = rng.choice(TERMS)
        question = rng.choice(["", "", "", "请问，", "你好，", "请问"]) + rng.choice(WHAT).format(x=rng.choice(names))
    elif roll < 0.72:
        questions, answer = rng.choice(PURPOSES)
        question = rng.choice(questions)
    elif roll < 0.88:
        country = rng.choice(sorted(CAPITALS))
        question, answer = rng.choice(["{x}的首都是哪里？", "{x}的首都是什么？", "哪个城市是{x}的首都？", "请问{x}的首都是哪里？", "{x}首都？", "告诉我{x}的首都。", "你知道{x}的首都吗？"]).format(x=country), f"{country}的首都是{CAPITALS[country]}。"
    else:
        thing = rng.choice(sorted(COLOURS_OF))
        question, answer = rng.choice(["{x}是什么颜色？", "{x}是什么颜色的？", "{x}的颜色是什么？", "请问{x}是什么颜色？"]).format(x=thing), f"{thing}是{COLOURS_OF[thing]}的。"
    return ask(question, answer, "zh-fact:" + question)


def story(rng: Random) -> Sample:
    """A story with the hero and the thing of the request."""
    hero, thing = rng.choice(zh.ANIMALS), rng.choice(zh.THINGS)
    name = rng.choice(["乐乐", "豆豆", "毛毛", "明明"])
    request = rng.choice(["讲一个关于{h}和{t}的故事。", "请讲一个{h}和{t}的故事。", "写一个关于{h}和{t}的短故事。", "我想听{h}和{t}的故事。", "给我讲个{h}和{t}的故事吧", "能讲一个关于{h}和{t}的故事吗？"]).format(h=hero, t=thing)
    place = ["森林", "花园", "公园", "山洞"][zh.THINGS.index(thing) % 4]
    plot = [f"有一天，它在{place}里找到了{thing}。", f"它很想要{thing}，就去{place}找。", f"它在{place}丢了{thing}，朋友们都来帮忙找。"][zh.THINGS.index(thing) % 3]
    text = f"从前有一只{hero}，名叫{name}。{plot}{rng.choice(['大家都很高兴。', '它把好消息告诉了朋友。'])}从那以后，{name}每天都很快乐。"
    return ask(request, text, f"zh-story:{hero}/{thing}", expect={"contains": [hero, thing]})


def copying(rng: Random) -> Sample:
    """Repeat characters as they are."""
    pools = (zh.NAMES, zh.ROLES, zh.ANIMALS, zh.THINGS, zh.COLOURS, zh.CITIES, zh.FOODS, zh.ADJECTIVES)
    text = rng.choice(["", "，", " "]).join(zh.person(rng) if rng.random() < 0.3 else rng.choice(rng.choice(pools)) for _ in range(rng.randint(1, 5)))
    return ask(rng.choice(["请重复：{t}", "重复：{t}", "跟我说：{t}", "请说“{t}”", "说：{t}", "照着写：{t}"]).format(t=text), text, "zh-copy:" + text)


def told(rng: Random) -> Sample:
    """Told and asked, in one message or over turns."""
    chosen = rng.sample(TOPICS, rng.choice((1, 1, 2, 3)))
    known = []
    for tells, reply, asks, answer, kind in chosen:
        value = {"person": zh.person, "colour": lambda r: r.choice(zh.COLOURS), "city": lambda r: r.choice(zh.CITIES), "food": lambda r: r.choice(zh.FOODS), "number": lambda r: str(r.randint(0, 99)), "pet": zh.person, "job": lambda r: r.choice(zh.ROLES)}[kind](rng)
        if kind in ("colour", "city", "food", "job") and rng.random() < 0.25:
            value = "".join(rng.choice(zh.GIVEN + zh.SURNAMES) for _ in range(2))
        known.append((rng.choice(tells).format(v=value), reply.format(v=value), rng.choice(asks), answer.format(v=value), value))
    about = rng.choice(known)
    expect = {"contains": [about[4]]}
    if rng.random() < 0.3:
        return Sample((("".join(one[0] for one in known) + about[2], about[3]),), "zh-told:" + about[4], expect=expect)
    turns = [(one[0], one[1]) for one in known]
    if rng.random() < 0.5:
        filler = rng.choice((total, fact, unknown, talk))(rng)
        turns += filler.turns
    turns.append((about[2], about[3]))
    return Sample(tuple(turns), "zh-told:" + about[4], expect=expect)


def unknown(rng: Random) -> Sample:
    """A question beyond Pocket, and the honest answer."""
    x, y = rng.sample(SUBJECTS, 2)
    if rng.random() < 0.15:
        x = zh.person(rng)
    elif rng.random() < 0.1:
        x = en.invented(rng)
    city = rng.choice(zh.CITIES)
    question = rng.choice(ABOUT).format(x=x, y=y, c=city)
    return ask(rng.choice(["", "", "", "请问", "你好，"]) + question, UNKNOWN_ZH, "zh-unknown:" + question)
