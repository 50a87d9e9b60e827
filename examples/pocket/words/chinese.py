"""Simplified Chinese words: names, roles, animals, things; given names are composed of two lists, or of any characters."""

from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
GIVEN = "明华丽芳伟强娜静敏军杰磊洋艳勇涛霞平刚玲红云飞雪梅兰海天文宇晨阳月星安乐佳思雨山石冰雷"
NAMES = "小明 小红 小华 小丽 小强 小雨 小李 小王 老张 阿明 安娜 汤姆 玛丽 杰克 马里奥 大卫 露西 乐乐 豆豆 毛毛".split()
ROLES = """海盗 机器人 老师 医生 厨师 巫师 骑士 农夫 侦探 船长 宇航员 画家 诗人 国王 公主 龙 熊猫 猫 狗 猴子 程序员
科学家 园丁 警察 司机 图书管理员 魔术师 歌手 律师 工程师 导游 翻译 助手 作家 渔夫 木匠 老虎 兔子 将军 商人""".split()
ADJECTIVES = "友好的 聪明的 勇敢的 年老的 年轻的 可爱的 神秘的 有趣的 温柔的 严格的 快乐的 懒惰的 小小的".split()
ANIMALS = "猫 狗 狐狸 熊 猫头鹰 兔子 老鼠 狮子 老虎 狼 马 猴子 熊猫 企鹅 大象 鸭子 青蛙 乌龟 龙 小鸟".split()
THINGS = "灯笼 钥匙 地图 书 船 铃铛 镜子 风筝 石头 戒指 帽子 苹果 蛋糕 雨伞 气球 星星 月亮 花 球 箱子".split()
COLOURS = "红色 蓝色 绿色 黄色 黑色 白色 紫色 粉色 橙色 灰色".split()
CITIES = "北京 上海 广州 深圳 杭州 南京 成都 武汉 西安 苏州 重庆 天津 青岛 厦门 昆明 长沙".split()
FOODS = "饺子 面条 米饭 火锅 豆腐 包子 苹果 西瓜 巧克力 蛋糕 面包 烤鸭".split()
DIGITS = "零 一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()


def person(rng: Random) -> str:
    """A name: a listed one, or a surname and one or two given characters, sometimes a Latin name."""
    if rng.random() < 0.35:
        return rng.choice(NAMES)
    if rng.random() < 0.25:
        return "".join(chr(rng.randint(0x4E00, 0x9F00)) for _ in range(rng.choice((2, 3))))
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2))))


def role(rng: Random) -> str:
    """A role without measure word: 海盗, 友好的机器人."""
    return (rng.choice(ADJECTIVES) if rng.random() < 0.5 else "") + rng.choice(ROLES)
