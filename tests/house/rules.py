"""The house rules that a program can see, each a function from a source text to its faults."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES, LINE_WIDTH = 400, 60, 100
EXACT = {"exact", "Decimal", "Fraction"}  # a quotient of these is no float
Rule = Callable[[str], Iterator[str]]


def sources(*folders: str) -> Iterator[Path]:
    """Our Python files but migrations."""
    for folder in folders or ("companies", "vouchers", "config", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def short(text: str) -> Iterator[str]:
    """File ≤ 400 lines, function ≤ 60, line ≤ 100."""
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{len(lines)} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_WIDTH:
            yield f"line {number} has {len(line)} characters"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{node.name} has {length} lines"


def no_signals(text: str) -> Iterator[str]:
    """Control flow is written where it happens."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""):
            yield f"line {node.lineno} imports a signal"
        if isinstance(node, ast.Name) and node.id == "receiver":
            yield f"line {node.lineno} receives a signal"


def no_float_near_money(text: str) -> Iterator[str]:
    """No float, and no `/` on a name that ends in _fen."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in {"float", "FloatField"}:
            yield f"line {node.lineno} uses {node.id}"
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield f"line {node.lineno} uses FloatField"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if any(getattr(n, "id", "") in EXACT for n in ast.walk(node)):
                continue
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            names |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            if any(name.endswith("_fen") for name in names):
                yield f"line {node.lineno} divides fen"


def no_model_serializer(text: str) -> Iterator[str]:
    """Input is written down field by field."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name == "ModelSerializer":
                yield f"line {node.lineno} uses ModelSerializer"


def no_offset(text: str) -> Iterator[str]:
    """Lists go by keyset."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"\bOFFSET\s+(%|\d|\$)", node.value):
                yield f"line {node.lineno} skips rows by OFFSET"


def no_clock(text: str) -> Iterator[str]:
    """Below the interfaces time comes in as `at`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name == "now" or name.endswith((".now", ".utcnow", ".today")):
                yield f"line {node.lineno} asks the clock"


def verbs_in_form(text: str) -> Iterator[str]:
    """Verbs are keyword-only and typed, and call no other verb of their file."""
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    verbs = {
        f.name: f for f in functions if any(ast.unparse(d) == "verb" for d in f.decorator_list)
    }
    for name, verb in verbs.items():
        if verb.args.args or verb.args.posonlyargs:
            yield f"{name} takes positional arguments"
        if verb.returns is None or any(a.annotation is None for a in verb.args.kwonlyargs):
            yield f"{name} is not typed"
        for node in ast.walk(verb):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in verbs:
                    yield f"{name} calls the verb {node.func.id}"


def no_truncating_tests(text: str) -> Iterator[str]:
    """These truncate, and the record refuses that."""
    banned = {"TransactionTestCase", "LiveServerTestCase", "live_server"}
    for node in ast.walk(ast.parse(text)):
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", "")
        if name in banned:
            yield f"line {getattr(node, 'lineno', 0)} uses {name}"


def no_inline(text: str) -> Iterator[str]:
    """The content policy forbids inline styles and handlers."""
    for found in re.finditer(r"<[^>]*?\s(style|on[a-z]+)\s*=", text):
        yield f"inline {found.group(1)}="
