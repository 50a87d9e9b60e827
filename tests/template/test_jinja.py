"""Jinja chat templates against plain Jinja (golden/templates/jinja.txt), and what the environment does and refuses."""

from __future__ import annotations

import importlib.util
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from jupyter_ollama.errors import TemplateError
from jupyter_ollama.template.jinja import JinjaTemplate

GOLDEN = Path(__file__).parents[1] / "golden" / "templates"


def _load(name: str) -> ModuleType:
    """The script that makes a golden file also reads it."""
    spec = importlib.util.spec_from_file_location(name, GOLDEN / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = _load("make_jinja")
published = _load("compare_published")
CASES = [(case, answer) for case in golden.read(GOLDEN / "jinja.txt")[1] for answer in case.answers]


def render(text: str, **variables: object) -> str:
    return JinjaTemplate(text).render(variables)


def error_of(text: str, **variables: object) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        render(text, **variables)
    return caught.value


@pytest.mark.parametrize(("case", "answer"), CASES, ids=lambda one: getattr(one, "name", None) or one.conversation)
def test_prints_what_plain_jinja_prints(case, answer):
    variables = {"tools": None, "documents": None, "add_generation_prompt": True, **golden.TOKENS}
    variables |= golden.conversations()[answer.conversation]
    if answer.text is None:
        error = error_of(case.template, **variables)
        assert answer.refusal in error.message
        assert error.message.startswith("The chat template refuses these messages")
        assert error.line
    else:
        assert render(case.template, **variables) == answer.text


@pytest.mark.parametrize("template", sorted({case.template for case, _ in CASES}), ids=lambda text: text[:30])
def test_agrees_with_plain_jinja_over_every_way_a_chat_looks(template):
    """The same comparison that compare_published.py makes with the templates of others; here the texts are ours."""
    assert published.of_ours(template) == published.of_plain_jinja(template)


def test_the_hashes_of_published_templates_are_those_of_this_comparison():
    known = json.loads(published.GOLDEN.read_text())
    assert len(known) == 70
    assert all(set(one) == {"template", *published.conversations()} for one in known.values())


def test_blocks_leave_no_lines_behind():
    assert render("a\n  {% if true %}\nb\n  {% endif %}\nc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("{'a': '<é>&\\''} | tojson", '{"a": "<é>&\'"}'),
        ("{'b': 1, 'a': 2} | tojson", '{"b": 1, "a": 2}'),
        ("{'b': 1, 'a': 2} | tojson(sort_keys=true)", '{"a": 2, "b": 1}'),
        ("[1, {'a': none}] | tojson(indent=1)", '[\n 1,\n {\n  "a": null\n }\n]'),
        ("[1, 2] | tojson(separators=(',', ':'))", "[1,2]"),
        ("'é' | tojson(ensure_ascii=true)", '"\\u00e9"'),
    ],
)
def test_tojson_is_that_of_hugging_face(expression, text):
    assert render("{{ " + expression + " }}") == text


def test_strftime_now():
    assert render("{{ strftime_now('%Y') }}") in {str(date.today().year), str(date.today().year - 1)}


def test_html_is_not_escaped():
    assert render("{{ x }}", x="<b>&</b>") == "<b>&</b>"


def test_loop_controls():
    assert render("{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}") == "02"


def test_the_generation_tag_is_only_its_body():
    assert render("a{% generation %}b{{ x }}{% endgeneration %}d", x="c") == "abcd"


def test_lone_surrogates_do_not_reach_the_prompt():
    assert render("{{ x }}", x="a\ud800b") == "a?b"


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\n\n{{ x.y }}", 3, "'x' is undefined"),
        ("{% for x in y %}", 1, "Unexpected end of template"),
        ("a\n{{ '1' + 1 }}", 2, "can only concatenate str"),
        ("a\n{{ 1 / 0 }}", 2, "division by zero"),
        ("a\n{{ x | shout }}", 2, "No filter named 'shout'"),
        ("{% macro f(x) %}\n{{ x.y.z }}{% endmacro %}\n\n{{ f(1) }}", 2, "has no attribute 'y'"),
        ("{% include 'x' %}", 1, "no loader"),
        ("{% import 'os' as os %}", 1, "no loader"),
        ("{% nonsense %}", 1, "unknown tag 'nonsense'"),
    ],
)
def test_an_error_tells_the_line_and_the_cause(text, line, detail):
    error = error_of(text)
    assert error.line == line
    assert detail in error.message
    assert error.message.startswith(f"The Jinja template is wrong in line {line}: ")


def test_raise_exception_is_the_templates_own_sentence():
    error = error_of("a\n{{ raise_exception('Roles must alternate') }}")
    assert error.message == "The chat template refuses these messages in line 2: Roles must alternate."


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__",
        "''.__class__.__mro__",
        "x.__init__.__globals__",
        "(1).__class__.__base__.__subclasses__()",
        "raise_exception.__globals__",
        "cycler.__init__.__globals__.os",
        "'{0.__class__}'.format(x)",
        "'{x.__class__}'.format_map({'x': x})",
        "messages.append(1)",
        "messages.clear()",
        "settings.update(a=2)",
        "settings.pop('a')",
        "self.__init__.__globals__",
        "x | attr('__class__')",
        "namespace.__init__",
    ],
)
def test_nothing_inside_of_python_can_be_reached_or_changed(expression):
    messages, settings = [1], {"a": 1}
    try:
        made = render("{{ " + expression + " }}", x=object(), messages=messages, settings=settings)
    except TemplateError:
        made = ""
    assert made == ""
    assert (messages, settings) == ([1], {"a": 1})


def test_no_variable_of_ours_can_be_seen():
    assert render("{{ budget }}{{ context }}{{ environment }}{{ self }}").startswith("<TemplateReference")
    assert error_of("{{ x | settled! }}").line == 1


def test_a_template_can_be_used_again_and_by_several_at_once():
    template = JinjaTemplate("{% set ns = namespace(n=0) %}{% for i in range(n) %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: template.render({"n": n}), range(100)))
    assert made == [str(n) for n in range(100)]
