"""What ``rm``, ``prune``, ``imatrix``, ``push``, ``key``, ``verify`` and ``du`` say, as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..models import (
    CheckedBlob,
    Deleted,
    DiskUse,
    FilesUse,
    ImatrixMade,
    KeptBlob,
    ModelUse,
    Pruned,
    Pushed,
    Removal,
    Saved,
    UserKey,
    Verification,
)
from .markup import digest, element, facts, page, table, wrap
from .numbers import human_bytes
from .tables import table as text_table
from .tables import visible
from .text import plain
from .views import html

_NUMBERS = frozenset({"SIZE", "ALONE", "SHARED"})


# rm


@plain.register
def _(deleted: Deleted, *, verbose: bool = False) -> str:
    names = [f"deleted '{visible(name)}'" for name in deleted.names]
    return "\n".join([*names, f"freed {human_bytes(deleted.freed_bytes)}", *(visible(line) for line in _still_held(deleted.kept))])


@html.register
def _(deleted: Deleted) -> str:
    names = ", ".join(element("strong", name) for name in deleted.names)
    lines = [element("div", line, "quiet") for line in _still_held(deleted.kept)]
    return page(f"deleted {names} ", element("span", f"({human_bytes(deleted.freed_bytes)} freed)", "quiet"), *lines)


@plain.register
def _(removal: Removal, *, verbose: bool = False) -> str:
    names = [f"would delete '{visible(name)}'" for name in removal.names]
    return "\n".join([*names, f"would free {human_bytes(removal.freed_bytes)}", *(visible(line) for line in _still_held(removal.kept))])


@html.register
def _(removal: Removal) -> str:
    names = ", ".join(element("strong", name) for name in removal.names)
    lines = [element("div", line, "quiet") for line in _still_held(removal.kept)]
    return page(f"would delete {names} ", element("span", f"and free {human_bytes(removal.freed_bytes)}", "quiet"), *lines)


def _still_held(kept: Sequence[KeptBlob]) -> list[str]:
    """One line for each group of models: ``1.2 GB stay: mario:latest also holds the model and the template``."""
    groups: dict[tuple[str, ...], list[KeptBlob]] = {}
    for blob in kept:
        groups.setdefault(blob.held_by, []).append(blob)
    lines = []
    for holders, blobs in groups.items():
        size, kinds = human_bytes(sum(blob.size_bytes for blob in blobs)), _and(list(dict.fromkeys(f"the {blob.kind}" for blob in blobs)))
        if holders:
            lines.append(f"{size} stay: {_and(holders)} {'holds' if len(holders) == 1 else 'hold'} {kinds}, too")
        else:
            lines.append(f"{size} stay: {kinds} is also a file of yours outside the store")
    return lines


def _and(words: Sequence[str], most: int = 5) -> str:
    """``a``, ``a and b``, ``a, b and c``, ``a, b, c, d, e and 7 more``."""
    shown = list(words) if len(words) <= most else [*words[:most], f"{len(words) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


# prune


@plain.register
def _(pruned: Pruned, *, verbose: bool = False) -> str:
    told = f"removed {_count(pruned.files, 'file')}, {human_bytes(pruned.freed_bytes)} freed" if pruned.files else "nothing to remove"
    return f"{told}; {human_bytes(pruned.unfinished_bytes)} in unfinished downloads stay" if pruned.unfinished_bytes else told


@html.register
def _(pruned: Pruned) -> str:
    return page(element("p", plain(pruned)))


# imatrix


@plain.register
def _(made: ImatrixMade, *, verbose: bool = False) -> str:
    return visible(f"measured {made.n_matrices} matrices of {made.model} over {made.n_tokens:,} tokens: {made.path}")


@html.register
def _(made: ImatrixMade) -> str:
    return page(element("p", plain(made)))


# save


@plain.register
def _(saved: Saved, *, verbose: bool = False) -> str:
    return visible(f"saved {', '.join(saved.models)}: {saved.path}, {human_bytes(saved.size_bytes)}")


@html.register
def _(saved: Saved) -> str:
    return page(element("p", plain(saved)))


# push, key


@plain.register
def _(pushed: Pushed, *, verbose: bool = False) -> str:
    sent = f"{human_bytes(pushed.sent_bytes)} of {human_bytes(pushed.size_bytes)} sent"
    lines = [f"pushed '{visible(pushed.name)}' ({sent})"]
    return "\n".join([*lines, "", "You can find your model at:", "", f"\t{visible(pushed.url)}"] if pushed.url else lines)


@html.register
def _(pushed: Pushed) -> str:
    sent = f"({human_bytes(pushed.sent_bytes)} of {human_bytes(pushed.size_bytes)} sent)"
    where = f' <a href="{escape(pushed.url, quote=True)}">{escape(pushed.url)}</a>' if pushed.url else ""
    return page("pushed ", element("strong", pushed.name), " ", element("span", sent, "quiet"), where)


@plain.register
def _(key: UserKey, *, verbose: bool = False) -> str:
    return visible(key.line)


@html.register
def _(key: UserKey) -> str:
    about = f"Your public key. Paste it into your profile at ollama.com or another registry; the private one is in {key.path}."
    return page(element("code", key.line), element("div", about, "quiet"))


# verify


@plain.register
def _(found: Verification, *, verbose: bool = False) -> str:
    parts = [_verdict(found)]
    if wrong := (*found.damaged, *found.missing):
        rows = [(_kinds(blob), _short(blob.digest), human_bytes(blob.size_bytes), blob.reason, ", ".join(blob.models)) for blob in wrong]
        parts.append(text_table(("BLOB", "DIGEST", "SIZE", "PROBLEM", "MODELS"), rows))
    return "\n".join([*parts, *(visible(line) for line in _advice(found))])


@html.register
def _(found: Verification) -> str:
    rows = [
        (element("strong", _kinds(blob)), digest(blob.digest), human_bytes(blob.size_bytes), escape(blob.reason),
         escape(", ".join(blob.models)))
        for blob in (*found.damaged, *found.missing)
    ]  # fmt: skip
    verdict = element("p", _verdict(found), "" if found.ok else "warning")
    problems = table(("BLOB", "DIGEST", "SIZE", "PROBLEM", "MODELS"), rows, _NUMBERS) if rows else ""
    return page(verdict, problems, *(element("div", line, "quiet") for line in _advice(found)))


def _verdict(found: Verification) -> str:
    counts = {"damaged": len(found.damaged), "missing": len(found.missing)}
    wrong = [f"{count} {what}" for what, count in counts.items() if count]
    if found.unreadable:
        wrong.append(f"{_count(len(found.unreadable), 'manifest')} unreadable")
    checked = f"{_count(found.checked_count, 'blob')}, {human_bytes(found.checked_bytes)}"
    return f"{checked}: {_and(wrong) if wrong else 'nothing is damaged or missing'}."


def _advice(found: Verification) -> list[str]:
    models = sorted({name for blob in (*found.damaged, *found.missing) for name in blob.models} | set(found.unreadable))
    lines = [f"Create or pull {_and(models)} again."] if models else []
    if unused := found.unreferenced:
        size = human_bytes(sum(blob.size_bytes for blob in unused))
        lines.append(f"{_count(len(unused), 'blob')} ({size}) {'is' if len(unused) == 1 else 'are'} held by no model: prune frees them.")
    return lines


def _kinds(blob: CheckedBlob) -> str:
    return ", ".join(blob.kinds) or "unused"


def _short(text: str) -> str:
    return text.removeprefix("sha256:")[:12]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# du


@plain.register
def _(use: DiskUse, *, verbose: bool = False) -> str:
    rows = [
        (one.name, one.digest[:12], human_bytes(one.size_bytes), human_bytes(one.alone_bytes), human_bytes(one.shared_bytes))
        for one in use.models
    ]  # fmt: skip
    models = text_table(("NAME", "ID", "SIZE", "ALONE", "SHARED"), rows)
    return "\n".join([models, "", *(visible(f"{label}: {text}") for label, text in _totals(use))])


@html.register
def _(use: DiskUse) -> str:
    largest = max((one.size_bytes for one in use.models), default=0)
    rows = [
        (element("strong", one.name), digest(one.digest), human_bytes(one.size_bytes), human_bytes(one.alone_bytes),
         human_bytes(one.shared_bytes), _bar(one, largest), escape(", ".join(one.shared_with)))
        for one in use.models
    ]  # fmt: skip
    header = ("NAME", "ID", "SIZE", "ALONE", "SHARED", "", "SHARED WITH")
    models = table(header, rows, _NUMBERS) if rows else element("p", "No models yet.", "quiet")
    return page(models, element("h4", "In all"), facts(_totals(use)))


def _bar(use: ModelUse, largest_bytes: int) -> str:
    """How large a model is beside the largest: full colour for what is its own, pale for what it shares."""
    shares = ((use.alone_bytes, "alone"), (use.shared_bytes, "shared"))
    parts = "".join(
        f'<span class="{name}" style="width: {100 * size / largest_bytes:.1f}%" title="{name}: {human_bytes(size)}"></span>'
        for size, name in shares
        if size and largest_bytes
    )
    return wrap("div", parts, "bar")


def _totals(use: DiskUse) -> list[tuple[str, str]]:
    """What lies in the folder, a line for each kind of file that there is."""
    lines = [("on the disk", f"{human_bytes(use.total_bytes)} in {use.folder}, {human_bytes(use.free_bytes)} are free")]
    kinds: list[tuple[str, FilesUse, str]] = [
        ("linked", use.linked, "also files of yours elsewhere: deleting their models frees nothing"),
        ("of no model", use.unreferenced, "prune frees them, once they are an hour old"),
        ("unfinished", use.unfinished, "downloads and files being written"),
        ("other files", use.others, "not made by Ollama"),
        ("snapshots", use.snapshots, "prompts as they were evaluated, in your cache: prune --snapshots frees them"),
    ]
    lines += [(label, f"{human_bytes(held.size_bytes)}, {_count(held.count, 'file')}: {what}") for label, held, what in kinds if held.count]
    if use.unreadable:
        lines.append(("unreadable", f"the manifest of {_and(use.unreadable)}"))
    return lines
