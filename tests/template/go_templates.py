"""A hypothesis strategy of Go templates over language.json: nearly all of them are valid, some stop with an error on the way.

An expression is asked for by kind (text, int, float, bool, list, map); now and then one of another kind is given instead.
``without`` names constructs to leave out, for oracles that do not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy], str]

KINDS = ("text", "int", "float", "bool", "list", "map")
CONSTRUCTS = (
    "break", "comment", "comparison of kinds", "define", "escapes", "float notation", "html js urlquery", "int notation", "nil",
    "loop variable in else", "other dot", "printf flags", "printf of characters", "printf of containers", "slice", "wrong kind",
)  # fmt: skip

_LITERALS = {
    "text": ['"a"', '""', '"Mario"', '"two words"', "`raw \\n`", '"世界"', '"<b>&\'"', '"a b c"', '" "'],
    "escapes": ['"\\t\\n"', '"\\u00e9"', '"\\x41"', '"\\\\ \\""', '"\\101\\a"', '"\\U0001F600"', "`a\nb`"],
    "int": ["0", "1", "2", "7", "-3", "10"],
    "int notation": ["0x1F", "0o17", "017", "0b101", "1_000", "+5", "-0x_ff", "'a'", "'世'", "'\\n'", "'\\''"],
    "float": ["1.5", "0.5", "-2.25", "3.0"],
    "float notation": ["1e3", ".5", "2.", "1e21", "1e-7", "0x1p-2", "-1.5E2", "123456789.0", "1_0.2_5"],
    "bool": ["true", "false"],
}
_ROOT = {
    "text": ["Name", "A1", "größe", "System", "User.Name"],
    "int": ["Int", "User.Age", "Chain.v", "Chain.next.v"],
    "float": ["Float"],
    "bool": ["Yes", "No", "Deep.flag"],
    "list": ["Words", "Ints", "Nils", "Empty", "Users", "Messages", "Matrix", "Truths", "Deep.list"],
    "map": ["Map", "User", "Deep", "Chain"],
}
_VERBS = {"text": "sqvxXT", "int": "dvxXbocqUOT", "float": "fgeEGFvT", "bool": "tvT", "list": "vsdqT", "map": "vsdT"}


@dataclass(frozen=True)
class Scope:
    """What can be named at a place: the kind of the dot (``root`` is the whole data, ``any`` is unknown), and variables."""

    dot: str = "root"
    variables: tuple[tuple[str, str], ...] = ()
    templates: tuple[str, ...] = ()
    in_loop: bool = False
    without: frozenset[str] = frozenset()

    def having(self, name: str, kind: str) -> Scope:
        return replace(self, variables=(*self.variables, (name, kind)))


@st.composite
def templates(draw: Draw, without: Iterable[str] = ()) -> str:
    """A whole template."""
    scope = Scope(without=frozenset(without))
    assert scope.without <= set(CONSTRUCTS), scope.without - set(CONSTRUCTS)
    head = ""
    if "define" not in scope.without and _one_in(draw, 4):
        head = "{{ define `t1` }}" + _body(draw, scope, 1) + "{{ end }}"
        scope = replace(scope, templates=("t1",))
    return head + _body(draw, scope, 3)


def _one_in(draw: Draw, n: int) -> bool:
    return draw(st.integers(1, n)) == n


def _pick(draw: Draw, items: Iterable[str]) -> str:
    return draw(st.sampled_from(list(items)))


# bodies


def _body(draw: Draw, scope: Scope, depth: int) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4 if depth > 1 else 2))):
        part, scope = _node(draw, scope, depth)
        parts.append(part)
    return "".join(parts)


def _node(draw: Draw, scope: Scope, depth: int) -> tuple[str, Scope]:
    simple = ["text", "action", "action", "variable"]
    simple += ["comment"] if "comment" not in scope.without else []
    simple += ["jump"] if scope.in_loop and "break" not in scope.without else []
    nested = ["if", "with", "range", "range"] if depth else []
    nested += ["call", "block"] if depth and "define" not in scope.without else []
    match _pick(draw, simple + nested):
        case "text":
            return _pick(draw, ["x", " ", "\n", " y\n ", "{ ", "} é ", "-"]), scope
        case "comment":
            return _pick(draw, ["{{/* no */}}", "{{- /* no */ -}}", "{{/* }} */}}", "{{- /* a\nb */}}"]), scope
        case "variable":
            return _variable(draw, scope)
        case "jump":
            return _tag(draw, f"if {_expression(draw, scope, 'bool', 1)}") + _tag(draw, _pick(draw, ["break", "continue"])) + _tag(draw, "end"), scope
        case "if":
            return _branches(draw, scope, depth, "if"), scope
        case "with":
            return _branches(draw, scope, depth, "with"), scope
        case "range":
            return _range(draw, scope, depth), scope
        case "call":
            name = _pick(draw, scope.templates or ("t1",))
            argument = _pick(draw, [" $", " $", " .", ""] if "other dot" not in scope.without else [" $"])
            return (_tag(draw, f'template "{name}"{argument}') if scope.templates else "none"), scope
        case "block":
            inner = Scope(templates=scope.templates, without=scope.without)
            name = f"b{draw(st.integers(0, 10**9))}"
            return _tag(draw, f'block "{name}" $') + _body(draw, inner, depth - 1) + _tag(draw, "end"), scope
    return _tag(draw, _pipeline(draw, scope, "any")), scope


def _tag(draw: Draw, inside: str) -> str:
    return _pick(draw, ["{{ ", "{{ ", "{{- ", "{{"]) + inside + _pick(draw, [" }}", " }}", " -}}", "\n}}"])


def _variable(draw: Draw, scope: Scope) -> tuple[str, Scope]:
    kind = _kind(draw)
    known = [name for name, its_kind in scope.variables if its_kind == kind]
    if known and _one_in(draw, 2):
        return _tag(draw, f"{_pick(draw, known)} = {_pipeline(draw, scope, kind)}"), scope
    name = f"$v{len(scope.variables)}"
    return _tag(draw, f"{name} := {_pipeline(draw, scope, kind)}"), scope.having(name, kind)


def _branches(draw: Draw, scope: Scope, depth: int, keyword: str) -> str:
    kind = _kind(draw)
    condition, inner = _pipeline(draw, scope, kind), scope
    if _one_in(draw, 3):
        name = f"$c{len(scope.variables)}"
        condition, inner = f"{name} := {condition}", scope.having(name, kind)
    inside = replace(inner, dot=kind) if keyword == "with" else inner
    made = _tag(draw, f"{keyword} {condition}") + _body(draw, inside, depth - 1)
    if _one_in(draw, 3):
        other = _kind(draw)
        otherwise = replace(inner, dot=other) if keyword == "with" else inner
        made += _tag(draw, f"else {keyword} {_pipeline(draw, inner, other)}") + _body(draw, otherwise, depth - 1)
    if _one_in(draw, 2):
        made += _tag(draw, "else") + _body(draw, inner, depth - 1)
    return made + _tag(draw, "end")


_ITEMS = {"Words": "text", "Ints": "int", "Users": "map", "Messages": "map", "Matrix": "list", "Map": "any"}


def _range(draw: Draw, scope: Scope, depth: int) -> str:
    source = _pick(draw, [*_ITEMS, "Truths", "Empty", "Deep", "number", "other"])
    match source:
        case "number":
            over, item = _pick(draw, ["0", "1", "3", "-1", "$.Int"]), "int"
        case "other":
            over, item = _pipeline(draw, scope, _pick(draw, ["list", "map"])), "any"
        case _:
            over, item = f"$.{source}", _ITEMS.get(source, "any")
    inner = replace(scope, dot=item, in_loop=True)
    match draw(st.integers(0, 2)):
        case 1:
            over, inner = f"$x := {over}", inner.having("$x", item)
        case 2 if source != "number":
            over, inner = f"$i, $x := {over}", inner.having("$i", "int" if source not in ("Map", "Deep") else "text").having("$x", item)
    made = _tag(draw, f"range {over}") + _body(draw, inner, depth - 1)
    if _one_in(draw, 3):
        in_else = replace(scope, variables=inner.variables) if "loop variable in else" not in scope.without else scope
        if ":=" in over and any(name == "$x" for name, _ in scope.variables) and in_else is scope:
            return made + _tag(draw, "end")  # the name of an outer loop's variable means the inner one here
        made += _tag(draw, "else") + _body(draw, in_else, depth - 1)
    return made + _tag(draw, "end")


# expressions


def _kind(draw: Draw) -> str:
    return _pick(draw, KINDS)


def _pipeline(draw: Draw, scope: Scope, kind: str) -> str:
    """An expression, or one that is piped into a function."""
    if _one_in(draw, 4):
        first = _bare(_expression(draw, scope, "any", 1))
        pipes = {
            "text": ["print", "printf `%v`", "println 1", "print 1 2"],
            "int": ["len"],
            "bool": ["not", "eq 1", "ne `a`", "and true"],
        }
        taken = pipes.get(kind) or pipes["text"] if kind == "any" else pipes.get(kind)
        if taken:
            subject = _bare(_expression(draw, scope, "text", 1)) if taken == ["len"] else first
            return f"{subject} | {_pick(draw, taken)}"
    return _bare(_expression(draw, scope, kind, 2))


def _bare(expression: str) -> str:
    return expression[1:-1] if expression.startswith("(") and expression.count("(") == 1 and expression.endswith(")") else expression


def _expression(draw: Draw, scope: Scope, kind: str, depth: int) -> str:
    """An operand of that kind; calls stand in parentheses."""
    if kind == "any" or ("wrong kind" not in scope.without and _one_in(draw, 25)):
        kind = _kind(draw)
        if "nil" not in scope.without and _one_in(draw, 8):
            return _pick(draw, ["$.Nothing", "(index $.Nils 0)", "($.Nothing).Deeper", "$.User.Nothing", "(index $.Map `zzz`)"])
    sources = [_literal, _field, _field]
    sources += [_known] if any(its_kind == kind for _, its_kind in scope.variables) or scope.dot == kind else []
    sources += [_call, _call] if depth else []
    return draw(st.sampled_from(sources))(draw, scope, kind, depth)


def _literal(draw: Draw, scope: Scope, kind: str, depth: int) -> str:
    if kind not in _LITERALS:
        return _field(draw, scope, kind, depth)
    extra = {"text": "escapes", "int": "int notation", "float": "float notation"}.get(kind)
    choices = _LITERALS[kind] + (_LITERALS[extra] if extra and extra not in scope.without else [])
    return _pick(draw, choices)


def _field(draw: Draw, scope: Scope, kind: str, depth: int) -> str:
    return ("." if scope.dot == "root" and _one_in(draw, 2) else "$.") + _pick(draw, _ROOT[kind])


def _known(draw: Draw, scope: Scope, kind: str, depth: int) -> str:
    names = [name for name, its_kind in scope.variables if its_kind == kind]
    return _pick(draw, names + (["."] if scope.dot == kind else []))


def _call(draw: Draw, scope: Scope, kind: str, depth: int) -> str:
    def some(kind: str) -> str:
        return _expression(draw, scope, kind, depth - 1)

    match kind:
        case "text":
            return _text_call(draw, scope, depth, some)
        case "int":
            return _pick(draw, [f"(len {some(_pick(draw, ['text', 'list', 'map']))})", f"(index $.Ints {draw(st.integers(0, 2))})", f"(or 0 {some('int')})"])
        case "float":
            return f"(or {some('float')} 1.0)"
        case "bool":
            return _bool_call(draw, scope, some)
        case "list":
            start = draw(st.integers(0, 1))
            return f"(slice $.Words {start} {start + draw(st.integers(0, 2))})" if _one_in(draw, 2) else "(index $.Matrix 0)"
    return f"(index $.Users {draw(st.integers(0, 1))})"


def _text_call(draw: Draw, scope: Scope, depth: int, some: Callable[[str], str]) -> str:
    choices = ["print", "println", "printf", "index", "or"]
    choices += ["slice"] if "slice" not in scope.without else []
    choices += ["html", "js", "urlquery"] if "html js urlquery" not in scope.without else []
    match _pick(draw, choices):
        case "index":
            return _pick(draw, ["(index $.Words 1)", '(index $.Users 0 "Name")', "(index $.Messages 0).Content"])
        case "or":
            return f"(or {some('text')} {some('text')})"
        case "slice":
            start = draw(st.integers(0, 3))
            return f"(slice $.Name {start} {start + draw(st.integers(0, 2))})"
        case "printf":
            return _printf(draw, scope, depth)
        case name:
            return f"({name} {' '.join(some('any') for _ in range(draw(st.integers(1, 3))))})"
    raise AssertionError


def _printf(draw: Draw, scope: Scope, depth: int) -> str:
    layout, arguments = "", []
    if "printf of containers" in scope.without:
        scope = replace(scope, without=scope.without | {"wrong kind"})
    for _ in range(draw(st.integers(1, 3))):
        kind = _pick(draw, KINDS[:4]) if "printf of containers" in scope.without else _kind(draw)
        verbs = _VERBS[kind] if kind != "int" or "printf of characters" not in scope.without else "dvxXbo"
        verb = _pick(draw, verbs)
        flags = ""
        if "printf flags" not in scope.without:
            flags = _pick(draw, ["", "", "", "-", "+", "#", "0", " ", "+#", "-0", "# "]) + _pick(draw, ["", "", "1", "5", "12"]) + _pick(draw, ["", "", ".", ".0", ".2", ".5"])
        layout += _pick(draw, ["", "|", "é ", "%%"]) + f"%{flags}{verb}"
        arguments.append(_expression(draw, scope, kind, depth - 1))
    return f"(printf `{layout}` {' '.join(arguments)})"


def _bool_call(draw: Draw, scope: Scope, some: Callable[[str], str]) -> str:
    name = _pick(draw, ["eq", "ne", "lt", "le", "gt", "ge", "not", "and", "or"])
    if name == "not":
        return f"(not {some('any')})"
    if name in ("and", "or"):
        return f"({name} {some('bool')} {some('bool')})"
    kind = _pick(draw, ["text", "int", "float", "bool"] if name in ("eq", "ne") else ["text", "int", "float"])
    other = some("any") if "comparison of kinds" not in scope.without and _one_in(draw, 8) else some(kind)
    more = f" {some(kind)}" if name == "eq" and _one_in(draw, 4) else ""
    return f"({name} {some(kind)} {other}{more})"
