"""The house keeps its rules; each rule sees a planted fault and spares a lawful look-alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.house import rules
from tests.house.rules import ROOT, Rule, sources

EXAMPLES: list[tuple[Rule, str, str]] = [
    (rules.short, "def f():\n" + "    x = 1\n" * 60, "def f():\n" + "    x = 1\n" * 59),
    (rules.short, f"x = '{'a' * 100}'", f"x = '{'a' * 90}'"),
    (rules.short, "x = 1\n" * 401, "x = 1\n" * 400),
    (rules.no_signals, "from django.db.models.signals import post_save", "import signal"),
    (rules.no_float_near_money, "x = float(1)", "floating = 1"),
    (rules.no_float_near_money, "x = a.price_fen / 2", "x = a.price_fen // 2"),
    (rules.no_model_serializer, "class A(s.ModelSerializer): pass", "class A(s.Serializer): pass"),
    (rules.no_offset, "x = 'LIMIT 5 OFFSET %s'", "x = 'Offset papers'"),
    (rules.no_clock, "x = timezone.now()", "x = known()"),
    (rules.verbs_in_form, "@verb\ndef a(x): pass", "def a(x): pass"),
    (
        rules.verbs_in_form,
        "@verb\ndef a() -> int: return b()\n@verb\ndef b() -> int: return 1",
        "@verb\ndef a() -> int: return b()\ndef b() -> int: return 1",
    ),
    (rules.no_truncating_tests, "class A(TransactionTestCase): pass", "class A(TestCase): pass"),
    (rules.no_inline, '<p class="a" style="x">', '<p class="style">'),
    (rules.no_inline, '<a onclick="x()">', '<a data-on="x">on = 1</a>'),
]


def faults(rule: Rule, paths: list[Path]) -> str:
    """Every fault with its place."""
    return "\n".join(
        f"{path.relative_to(ROOT)}: {fault}"
        for path in paths
        for fault in rule(path.read_text(encoding="utf-8"))
    )


def money_files() -> list[Path]:
    """Everything but statistics, where a float may live."""
    return [path for path in sources("companies", "vouchers") if path.stem != "statistics"]


def below_the_interfaces() -> list[Path]:
    """Verbs and what lies under them; the one clock is `foundation/clock.py`."""
    return [
        path
        for path in sources("companies", "vouchers")
        if not {"api", "web", "management"} & set(path.parts)
        and path.name not in {"tasks.py", "clock.py"}
    ]


@pytest.mark.parametrize(("rule", "planted", "lawful"), EXAMPLES)
def test_a_rule_sees_the_fault_and_not_its_look_alike(
    rule: Rule, planted: str, lawful: str
) -> None:
    assert list(rule(planted))
    assert not list(rule(lawful))


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        (rules.short, list(sources())),
        (rules.no_signals, list(sources("companies", "vouchers", "config"))),
        (rules.no_float_near_money, money_files()),
        (rules.no_model_serializer, list(sources("vouchers"))),
        (rules.no_offset, list(sources("companies", "vouchers"))),
        (rules.no_clock, below_the_interfaces()),
        (rules.verbs_in_form, list(sources("companies", "vouchers"))),
        (rules.no_truncating_tests, [p for p in sources("tests") if "house" not in p.parts]),
        (rules.no_inline, sorted((ROOT / "vouchers").rglob("*.html"))),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_house_keeps_the_rule(rule: Rule, paths: list[Path]) -> None:
    found = faults(rule, paths)
    assert not found, found


def test_constraints_are_named_and_keys_protect() -> None:
    loose = []
    for model in our_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                if field.remote_field.on_delete is not models.PROTECT:
                    loose.append(f"{model.__name__}.{field.name}")
        loose += [model.__name__ for c in model._meta.constraints if not c.name]
    assert not loose


def test_every_model_and_status_is_in_the_glossary() -> None:
    path = ROOT / "docs" / "glossary.md"
    if not path.exists():
        pytest.skip("no glossary yet")
    words = path.read_text(encoding="utf-8")
    missing = [model.__name__ for model in our_models() if f"`{model.__name__}`" not in words]
    for model in our_models():
        for field in model._meta.fields:
            if field.name == "status" and field.choices:
                missing += [value for value, _label in field.choices if f"`{value}`" not in words]
    assert not missing


def our_models() -> list[type[models.Model]]:
    """The tables of `companies` and `vouchers`."""
    return [m for m in apps.get_models() if m.__module__.startswith(("companies.", "vouchers."))]
