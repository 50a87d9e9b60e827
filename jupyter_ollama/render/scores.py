"""How probable tokens are: a text whose colours tell, and tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..scores import Distribution, Distributions, Logprob, Logprobs, Scores
from .markup import element, page
from .markup import table as html_table
from .tables import table, visible
from .text import plain
from .views import html

_MOST_ROWS = 100
_HEADER = ("TOKEN", "PROBABILITY", "LOGPROB")
_NUMBERS = frozenset(_HEADER[1:])
_QUIET_TEXT = 60


@plain.register
def _(one: Logprob, *, verbose: bool = False) -> str:
    return plain(Logprobs([one]))


@html.register
def _(one: Logprob) -> str:
    return html(Logprobs([one]))


@plain.register
def _(tokens: Logprobs, *, verbose: bool = False) -> str:
    alternatives = any(one.top_logprobs for one in tokens)
    rows = [(*_row(one), _others(one)) if alternatives else _row(one) for one in tokens[:_MOST_ROWS]]
    more = f"\n... and {len(tokens) - _MOST_ROWS:,} more" if len(tokens) > _MOST_ROWS else ""
    return table((*_HEADER, "MOST PROBABLE") if alternatives else _HEADER, rows) + more


@html.register
def _(tokens: Logprobs) -> str:
    return page(_coloured(tokens), element("div", _sum(tokens), "quiet"), LEGEND)


@plain.register
def _(scores: Scores, *, verbose: bool = False) -> str:
    rows = [(str(len(one)), f"{one.total:.2f}", f"{one.perplexity:.2f}", _short(one.text)) for one in scores]
    return table(("TOKENS", "LOGPROB", "PERPLEXITY", "TEXT"), rows)


@html.register
def _(scores: Scores) -> str:
    rows = [(str(len(one)), f"{one.total:.2f}", f"{one.perplexity:.2f}", _coloured(one)) for one in scores]
    return page(html_table(("TOKENS", "LOGPROB", "PERPLEXITY", "TEXT"), rows, frozenset({"TOKENS", "LOGPROB", "PERPLEXITY"})))


@plain.register
def _(found: Distribution, *, verbose: bool = False) -> str:
    return table(_HEADER, [_row(one) for one in found.top])


@html.register
def _(found: Distribution) -> str:
    return page(_top(found))


@plain.register
def _(several: Distributions, *, verbose: bool = False) -> str:
    return "\n\n".join(map(plain, several))


@html.register
def _(several: Distributions) -> str:
    return page(*map(_top, several))


def _top(found: Distribution) -> str:
    rows = [
        (element("code", token_text(one)), f"{one.probability:.1%}", f"{one.logprob:.2f}", _bar(one.probability)) for one in found.top
    ]  # fmt: skip
    return html_table((*_HEADER, ""), rows, _NUMBERS) + element("div", f"{found.entropy:.2f} bits are open", "quiet")


def _row(one: Logprob) -> tuple[str, str, str]:
    return token_text(one), f"{one.probability:.1%}", f"{one.logprob:.2f}"


def _others(one: Logprob) -> str:
    return ", ".join(f"{token_text(other)} {other.probability:.0%}" for other in one.top_logprobs[:5])


def token_text(one: Logprob) -> str:
    """A token as it is written in Python: blanks at its ends count."""
    return repr(one.token)


def _coloured(tokens: Sequence[Logprob]) -> str:
    """The text, each token the redder the less probable it was; its numbers are in the tooltip."""
    return '<div class="tokens">' + "".join(map(_span, tokens)) + "</div>"


def _span(one: Logprob) -> str:
    lines = [f"{token_text(one)} {one.probability:.1%} ({one.logprob:.2f})"]
    lines += [f"{token_text(each)} {each.probability:.1%}" for each in one.top_logprobs]
    parted = bool(one.top_logprobs) and one.top_logprobs[0].id != one.id
    text = visible(one.token).replace("\n", "↵\n")
    span = element("span", text, "parted" if parted else "", title=visible("\n".join(lines)))
    return span.replace("<span", f'<span style="background: {shade(one)}"', 1)


def shade(one: Logprob) -> str:
    """The colour behind a token: none for one that was sure, red for one that was improbable."""
    return _red(one.logprob)


def _red(logprob: float) -> str:
    return f"rgba(255, 80, 60, {min(1.0, -logprob / 10) * 0.6:.2f})"


def _legend() -> str:
    swatches = "".join(
        f'<span class="swatch" style="background: {_red(math.log(share))}">{share:.3g}</span>' for share in (1, 0.1, 0.01, 0.001)
    )
    return f'<div class="quiet legend">probability {swatches} · <span class="parted">another token was more probable</span></div>'


def _bar(share: float) -> str:
    return f'<div class="bar"><span style="width: {share:.1%}"></span></div>'


def _sum(tokens: Logprobs) -> str:
    return f"{len(tokens):,} tokens · log-probability {tokens.total:.2f} · perplexity {tokens.perplexity:.2f}"


def _short(text: str) -> str:
    return text if len(text) <= _QUIET_TEXT else text[: _QUIET_TEXT - 3] + "..."


LEGEND = _legend()
"""What the colours of tokens mean, as HTML."""
