"""Texts that are hard to split: all scripts, emoji with joiners, line ends of all kinds, control characters, code."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterator
from pathlib import Path

SHORT = [
    "Hello, world!",
    " two  spaces   and\ttabs\t\t",
    "line one\nline two\r\n\r\n\n  indented\n",
    "\r\n\r\n \r\r\n\n\r mixed \n\r ends\r",
    "1 12 123 1234 12345 3.14 1,000,000",
    "It's we're THEY'LL I'd I'M don't 'tis o'clock rock'n'roll",
    "def f(x):\n    return {'a': [1, 2, 3]}  # comment\n\n\nclass A: ...",
    "Ünïcödé ẞtraße naïve façade İstanbul ı Ελληνικά ΣΊΣΥΦΟΣ Русский עברית العربية हिन्दी ไทย",
    "你好,世界。日本語のテスト 한국어 ﾊﾝｶｸ Ｆｕｌｌ　ｗｉｄｔｈ",
    "🚀 👩‍👩‍👧‍👦 🏳️‍🌈 ✅ 👍🏽 🇪🇺 ☎️ 1️⃣",
    "\u00a0non-breaking\u2003em\u200bzero\u2028line\u2029paragraph\u3000wide\ufeffmark",
    "<|im_start|>user\nhi<|im_end|> <|eot_id|></s><s> [CLS] [SEP] [MASK] <mask>",
    "!!!???...---===\\\\//@@##$$%%^^&&**(())[[]]{{}}``~~++",
    "\x01\x02\x07\x08\x0b\x0c\x0e\x1b[31m\x1f\x7f\x80\x85\x9f",
    "e\u0301 = é, A\u030a = Å, \u1100\u1161\u11a8 = 각, ﬁ ﬂ ½ ² ™ Ⅷ",
    "",
    " ",
    "\n",
]
LONG_WORD = "a" * 300
CODE = Path(argparse.__file__).read_text(encoding="utf-8")[:100_000]


def scripts() -> Iterator[str]:
    """A text for each 512 code points: the characters that Unicode has had for long, as words of five."""
    for first in range(0xA0, 0x20000, 512):
        kept = [chr(point) for point in range(first, first + 512, 3) if _settled(chr(point))]
        if kept:
            yield " ".join("".join(kept[start : start + 5]) for start in range(0, len(kept), 5))


def _settled(character: str) -> bool:
    """Whether it was there in Unicode 3.2, so that nobody's tables lack it."""
    return unicodedata.ucd_3_2_0.category(character) not in ("Cn", "Co", "Cs")


TORTURE = [*SHORT, *scripts(), CODE]
