"""Hostile Jinja templates end soon and with a TemplateError: no hang, no crash, no full memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.jinja import JinjaTemplate

VARIABLES = {
    "messages": [{"role": "user", "content": "Hi 世界"}, {"role": "assistant", "content": "Hello"}],
    "tools": None,
    "bos_token": "<s>",
    "add_generation_prompt": True,
}
LONG = "{% set x = 'a' * 9000000 %}"
LIST = "{% set l = [0] * 90000 %}"

HOSTILE = {
    "nested loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "loops with conditions": "{% for a in range(99999) if a == -1 %}{% endfor %}" * 500,
    "a range too large": "{{ range(10 ** 12) | list }}",
    "macro recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "branching recursion": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "recursive loop": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "block recursion": "{% block a %}{{ self.a() }}{% endblock %}",
    "long text": "{{ 'a' * 10 ** 10 }}",
    "long list": "{{ [0] * 10 ** 10 }}",
    "list of lists": "{{ [range(99999) | list] * 99999 }}",
    "huge power": "{{ 10 ** (10 ** 10) }}",
    "powers of powers": "{% set ns = namespace(x=3) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "huge number from text": "{{ ('f' * 9000000) | int(base=16) }}",
    "doubling by joining": "{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "doubling by adding": "{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "doubling by a block": "{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
    "doubling by a macro": "{% macro f(x) %}{{ x }}{{ x }}{% endmacro %}{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x = f(ns.x) %}{% endfor %}",
    "doubling a list": "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
    "doubling a mapping": "{% set ns = namespace(x=1) %}{% for i in range(99) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}{% endfor %}{{ ns.x }}",
    "doubling by dict": "{% set ns = namespace(x=1) %}{% for i in range(99) %}{% set ns.x = dict(a=ns.x, b=ns.x) %}{% endfor %}{{ ns.x }}",
    "doubling by format": "{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x = '{0}{0}'.format(ns.x) %}{% endfor %}",
    "doubling by percent": "{% set ns = namespace(x='aaaa') %}{% for i in range(99) %}{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}",
    "a format with many fields": LONG + "{{ ('{0}' * 9000).format(x) }}",
    "a percent format with many fields": LONG + "{{ ('%(a)s' * 9000) % {'a': x} }}",
    "a format filter with many fields": LONG + "{{ ('%s' * 9) | format(x, x, x, x, x, x, x, x, x) }}",
    "a wide percent format": "{{ '%999999999d' % 1 }}",
    "a starred percent format": "{{ '%*d' % (999999999, 1) }}",
    "a wide format": "{{ '{:999999999}'.format(1) }}",
    "a nested format": "{{ '{:{}}'.format(1, 999999999) }}",
    "a wide format_map": "{{ '{a:999999999}'.format_map({'a': 1}) }}",
    "fields of a namespace in a format": LONG + "{% set ns = namespace(x=x) %}{{ ('{0.x}' * 9000).format(ns) }}",
    "ljust": "{{ 'a'.ljust(10 ** 10) }}",
    "zfill": "{{ 'a'.zfill(10 ** 10) }}",
    "expandtabs": "{{ ('\\t' * 1000).expandtabs(10 ** 9) }}",
    "center": "{{ 'a' | center(10 ** 10) }}",
    "indent": "{{ ('\\n' * 1000000) | indent(1000) }}",
    "indent by a long text": LONG + "{{ ('\\n' * 1000000) | indent(x) }}",
    "json with a wide indent": "{{ messages | tojson(indent=10 ** 9) }}",
    "json with long separators": LONG + "{{ range(99999) | list | tojson(separators=(x, x)) }}",
    "replace": LONG + "{{ x.replace('a', x) }}",
    "replace nothing": LONG + "{{ x | replace('', x) }}",
    "replace by name": LONG + "{{ x | replace(old='a', new=x) }}",
    "join": LONG + "{{ range(99999) | join(x) }}",
    "join method": LONG + "{{ x.join(range(99999) | map('string')) }}",
    "join the same": LONG + "{{ [x, x, x, x, x, x, x, x] | join }}",
    "split": LONG + "{{ x.split('a') | length }}",
    "list of a text": LONG + "{{ x | list | length }}",
    "batch": "{{ [1] | batch(10 ** 9, 0) | list }}",
    "slice": "{{ [1] | slice(10 ** 9, 0) | list }}",
    "round": "{{ 1.5 | round(10 ** 9, 'floor') }}",
    "many slices": LONG + "{% set y = x[1:] %}" * 1000,
    "many upper": LONG + "{% set y = x | upper %}" * 1000,
    "many lower by method": LONG + "{% for i in range(99999) %}{% set y = x.lower() %}{% endfor %}",
    "much text": "{% for i in range(99999) %}" + "x" * 10_000 + "{% endfor %}",
    "much text in a macro": "{% macro f() %}" + "x" * 10_000 + "{% endmacro %}{% for i in range(99999) %}{% set y = f() %}{% endfor %}",
    "much text in a block": "{% set y %}{% for i in range(99999) %}" + "x" * 10_000 + "{% endfor %}{% endset %}",
    "many comparisons": "{% set x = 'a' * 9000000 %}{% set y = 'a' * 9000000 %}"
    + "{% set z = x == y %}" * 500
    + "{% for i in range(99999) %}{% if x == y %}{% endif %}{% endfor %}",
    "chained maps": "{{ range(99999)" + " | map('string')" * 100 + " | list | length }}",
    "map of slow filters": LONG + "{{ [x, x, x] | map('upper') | map('lower') | map('title') | join | length }}",
    "sort in a loop": "{% set x = range(99999) | list %}{% for i in range(99999) %}{% set y = x | sort %}{% endfor %}",
    "sum of lists": "{% set x = [range(99999) | list] %}{% for i in range(99999) %}{% set y = (x + x + x) | sum(start=[]) %}{% endfor %}",
    "translate": "{{ ('a' * 9000000).translate({97: 'b' * 9000000}) }}",
    "encode": "{{ 'a'.encode() }}",
    "to_bytes": "{{ (1).to_bytes(10 ** 10, 'big') }}",
    "lipsum": "{{ lipsum(n=100000) }}",
    "doubling by items of a mapping": "{% set ns = namespace(x={'a': 1}) %}{% for i in range(99) %}{% set ns.x = {'a': ns.x.items(), 'b': ns.x.values()} %}{% endfor %}{{ ns.x }}",
    "doubling by arguments": "{% set ns = namespace(x=1, y=1) %}{% macro f() %}{% set ns.x = varargs %}{% endmacro %}{% macro g() %}{% set ns.y = varargs %}{% endmacro %}"
    "{% for i in range(99) %}{{ f(ns.x, ns.x) }}{{ g(ns.y, ns.y) }}{% endfor %}{{ ns.x == ns.y }}",
    "doubling by named arguments": "{% set ns = namespace(x=1) %}{% macro f() %}{% set ns.x = kwargs %}{% endmacro %}{% for i in range(99) %}{{ f(a=ns.x, b=ns.x) }}{% endfor %}{{ ns.x }}",
    "a cycler of long lists": LIST + "{{ cycler(" + "l, " * 5000 + "l).items }}",
    "arguments of a macro": LIST + "{% macro f() %}{{ varargs }}{% endmacro %}{{ f(" + "l, " * 5000 + "l) }}",
    "many arguments of a loop": LIST + "{% for i in range(99999) %}{{ loop.changed(" + "l, " * 2000 + "l) }}{% endfor %}",
    "tags of a text": "{{ (('<!---->' * 1000000) | safe).striptags() | length }}",
    "entities of a text": "{{ (('&lt;' * 9000000) | safe).unescape() | length }}",
    "expandtabs by name": "{{ ('\\t' * 1000).expandtabs(tabsize=10 ** 9) }}",
    "searching from the right": LONG + "{{ x.rfind('b' ~ x[:4000000]) }}",
    "cutting from the right": LONG + "{{ x.rpartition('b' ~ x[:4000000]) | length }}",
    "stripping many characters": LONG + "{{ x.strip('b' * 9000000 ~ 'a') | length }}",
    "trim of many characters": LONG + "{{ x | trim('b' * 9000000 ~ 'a') | length }}",
    "many wide fields": "{{ ('{0:999}' * 1500000).format(1) | length }}",
    "many wide percents": "{{ (('%(a)999d' * 1000000) % {'a': 1}) | length }}",
    "a wide named percent": "{{ '%(a)999999999d' % {'a': 1} }}",
    "a wide percent with nested names": "{{ '%(a(b))999999999d' % {'a(b)': 1} }}",
    "a format filter of a list": "{{ ['%999999999d'] | format(1) }}",
    "attributes joined": "{% set ns = namespace(x='a') %}{% set l = [ns] * 400000 %}{% set ns.x = 'a' * 9000000 %}{{ l | join(attribute='x') }}",
    "attributes of attributes": LONG + "{% set ns = namespace(x=x) %}{{ ([{'a': ns}] * 200000) | join(attribute='a.x') }}",
    "attributes of a cycler": LONG + "{{ ([cycler(x)] * 400000) | join(attribute='current') }}",
    "attributes of a loop": LONG + "{% for y in [x, x] %}{{ ([loop] * 400000) | sort(attribute='nextitem') | length }}{% endfor %}",
    "a long path of attributes": "{{ ([1] * 400000) | map(attribute='a.' * 200000, default=0) | list | length }}",
    "sum of small lists": "{{ ([[1]] * 200000) | sum(start=[]) | length }}",
    "numbers with one hash": "{{ range(0, (2 ** 61 - 1) * 99998, 2 ** 61 - 1) | unique | list | length }}",
    "numbers with one hash from a text": "{% set s %}{% for i in range(20000) %}{{ i * (2 ** 61 - 1) }} {% endfor %}{% endset %}{{ s.split() | map('int') | unique | list | length }}",
    "keys with one hash": "{{ {}.fromkeys(range(99999)) | length }}",
    "pairs": "{{ dict(range(99999) | batch(2) | list) | length }}",
    "sets of numbers": "{{ ({'a': 1}.keys() - []).union(range(99999)) | length }}",
    "a namespace of pairs": "{{ namespace(range(99999) | batch(2) | list) }}",
    "words of a list": "{{ ['a ' * 12000000] | wordcount }}",
    "the address of a mapping": "{{ {'a': 'é' * 20000000} | urlencode | length }}",
    "a refund": "{{ [1] | map('tick!', -10 ** 15) | list }}",
    "a refund by indenting": "{% set y = ('\\n' * 400000) | indent(-1000) %}" + "{{ 'a' * 300000000 }}",
    "title of many words": "{{ ('a ' * 12000000) | title | length }}",
    "a long date": "{{ strftime_now('%c' * 4000000) | length }}",
    "a wide date": "{{ strftime_now('%999999999d') }}",
    "many outputs": "{{ a }}" * 25_000,
    "many assignments": "".join(f"{{% if a %}}{{% set v{n} = 1 %}}{{% endif %}}" for n in range(4500)),
    "many elifs": "{% if x == 0 %}" + "{% elif x == 1 %}" * 10_000 + "{% endif %}",
    "many comparisons in one": "{{ 1" + " in [1]" * 20_000 + " }}",
    "parentheses": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "nested lists": "{{ " + "[" * 3000 + "]" * 3000 + " }}",
    "long sum": "{{ 1" + " + 1" * 9000 + " }}",
    "long chain of filters": "{{ 1" + " | string" * 3000 + " }}",
    "long chain of fields": "{{ x" + ".y" * 9000 + " }}",
    "nested ifs": "{% if true %}" * 3000 + "{% endif %}" * 3000,
    "nested loops of syntax": "{% for i in [1] %}" * 60 + "{% endfor %}" * 60,
    "a huge literal": "{{ " + "9" * 100_000 + " }}",
    "a huge hexadecimal literal": "{{ 0x" + "f" * 100_000 + " * 3 }}",
    "too long": "x" * 300_000,
    "colons for the format": LONG + "{{ (':' * 9000000).format(1) | length }}{{ x ~ x ~ x ~ x ~ x ~ x }}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_ends_soon_with_an_error(text):
    started = time.monotonic()
    with pytest.raises(TemplateError):
        JinjaTemplate(text).render(VARIABLES)
    assert time.monotonic() - started < 20  # limits are 5 s; the rest is for a busy machine


FILLING = [
    *("doubling by joining", "doubling a mapping", "doubling by a block", "replace by name", "join"),
    *("many wide fields", "many wide percents", "a wide named percent", "a format filter of a list", "a cycler of long lists"),
    *("title of many words", "a long date", "attributes joined"),
]


@pytest.mark.parametrize("name", FILLING)
def test_little_memory_is_used_before_the_error(name):
    template = JinjaTemplate(HOSTILE[name])
    tracemalloc.start()
    with pytest.raises(TemplateError):
        template.render(VARIABLES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300_000_000


@pytest.mark.parametrize("text", ["{{ raise_exception('a' * 20000000) }}", "{{ {}['a' * 20000000].b }}"])
def test_a_template_cannot_make_an_endless_error(text):
    with pytest.raises(TemplateError) as caught:
        JinjaTemplate(text).render(VARIABLES)
    assert len(caught.value.message) < 2000


def test_a_long_conversation_is_no_problem():
    template = JinjaTemplate(
        "{% set ns = namespace(all=[]) %}{% for m in messages %}{% set ns.all = ns.all + [m.content | trim] %}"
        "{{ '<' ~ m.role ~ '>' + m.content | trim ~ '\n' }}{% endfor %}{{ ns.all | length }}"
    )
    messages = [{"role": "user", "content": "word " * 2000} for _ in range(200)]
    assert template.render({"messages": messages}).endswith("200")


PIECES = st.sampled_from(
    "{{ }} {% %} {# #} {%- -%} if else elif endif for endfor in set endset macro endmacro call endcall filter endfilter block "
    "messages m.role loop.index 'a' 1 2.5 none true [ ] ( ) { } , : . | ~ + - * ** / // % == != not and or is defined mapping "
    "trim tojson join map list length namespace(x=1) range(3) x y = raise_exception('z') é 世 \n".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30))
def test_any_mixture_of_tokens_renders_or_raises_template_error(pieces):
    inside = " ".join(pieces)
    for text in (inside, "{{ " + inside + " }}", "{% for m in messages %}{{ " + inside + " }}{% endfor %}"):
        try:
            JinjaTemplate(text).render(VARIABLES).encode()
        except TemplateError as error:
            assert error.line >= 0


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_any_text_renders_or_raises_template_error(inside):
    for text in (inside, "{{ " + inside + " }}", "{% " + inside + " %}"):
        try:
            JinjaTemplate(text).render(VARIABLES).encode()
        except TemplateError:
            pass
