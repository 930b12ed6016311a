"""Conditions as data: fact, operator, value; all, any, not. True, false or unknown (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from companies.agencies import divisions
from companies.registry import industries
from vouchers.programmes.facts import FACTS, FactValue, Frozen

Op = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "lt",
    "lte",
    "gt",
    "gte",
    "between",
    "exists",
    "within",
    "on_list",
]
Lookup = Callable[[str], FactValue | None]
_ORDERED = ("fen", "int", "date")
_SCALAR: dict[str, type] = {"bool": bool, "fen": int, "int": int}


class FactTest(Frozen):
    """`fact op value`; `between` is inclusive, `exists` asks whether the fact is known."""

    fact: str
    op: Op
    value: FactValue | list[int]

    @model_validator(mode="after")
    def _fits_the_fact(self) -> FactTest:
        if self.fact not in FACTS:
            raise ValueError(f"no such fact: {self.fact}")
        kind = FACTS[self.fact].type
        if problem := _misfit(kind, self.op, self.value):
            raise ValueError(f"{self.fact} {self.op}: {problem}")
        return self


class AllOf(Frozen):
    """Every one holds."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(Frozen):
    """At least one holds."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(Frozen):
    """It does not hold."""

    not_: Condition = Field(alias="not")


def _shape(value: Any) -> str | None:
    """Which of the four forms this is, so that an error names the right place."""
    if isinstance(value, dict):
        return next((key for key in ("all", "any", "not", "fact") if key in value), None)
    forms = ((FactTest, "fact"), (AllOf, "all"), (AnyOf, "any"), (Not, "not"))
    return next((tag for model, tag in forms if isinstance(value, model)), None)


Condition = Annotated[
    Annotated[FactTest, Tag("fact")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_shape),
]
for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()


def holds(condition: Condition | None, look_up: Lookup) -> bool | None:
    """Kleene's three values; no condition at all holds."""
    if condition is None:
        return True
    if isinstance(condition, AllOf):
        return _every(holds(part, look_up) for part in condition.all)
    if isinstance(condition, AnyOf):
        return _negate(_every(_negate(holds(part, look_up)) for part in condition.any))
    if isinstance(condition, Not):
        return _negate(holds(condition.not_, look_up))
    known = look_up(condition.fact)
    if condition.op == "exists":
        return (known is not None) == condition.value
    return None if known is None else _compare(condition, known)


def facts_in(condition: Condition | None) -> set[str]:
    """The names of all facts a condition asks for."""
    if condition is None:
        return set()
    if isinstance(condition, FactTest):
        return {condition.fact}
    if isinstance(condition, Not):
        return facts_in(condition.not_)
    parts = condition.all if isinstance(condition, AllOf) else condition.any
    return set().union(*(facts_in(part) for part in parts))


def _every(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    if False in seen:
        return False
    return None if None in seen else True


def _negate(value: bool | None) -> bool | None:
    return None if value is None else not value


def _compare(test: FactTest, known: FactValue) -> bool | None:
    if _misfit_of_answer(FACTS[test.fact].type, known):
        return None
    wanted: Any = test.value
    answer: Any = known
    if test.op == "within":
        tree = divisions if FACTS[test.fact].type == "region" else industries
        return any(tree.is_within(answer, w) for w in _as_list(wanted))
    if test.op == "on_list":
        return wanted in answer
    verdicts: dict[str, Callable[[], bool]] = {
        "eq": lambda: answer == wanted,
        "ne": lambda: answer != wanted,
        "in": lambda: answer in wanted,
        "not_in": lambda: answer not in wanted,
        "lt": lambda: answer < wanted,
        "lte": lambda: answer <= wanted,
        "gt": lambda: answer > wanted,
        "gte": lambda: answer >= wanted,
        "between": lambda: wanted[0] <= answer <= wanted[1],
    }
    return verdicts[test.op]()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _misfit(kind: str, op: Op, value: Any) -> str | None:
    """Why a rule's operator or value does not fit the type of its fact; None where it does."""
    if op == "exists":
        return None if isinstance(value, bool) else "takes true or false"
    if op == "on_list":
        return None if kind == "list" and isinstance(value, str) else "needs a list fact and a code"
    if op == "within":
        fits = kind in ("region", "industry") and all(isinstance(v, str) for v in _as_list(value))
        return None if fits else "needs a region or an industry and codes"
    if op in ("lt", "lte", "gt", "gte", "between") and kind not in _ORDERED:
        return f"a {kind} has no order"
    many = op in ("in", "not_in", "between")
    if many != isinstance(value, list) or (op == "between" and len(value) != len(("lo", "hi"))):
        return "takes one value or several, as the operator says"
    bad = [v for v in _as_list(value) if _misfit_of_answer(kind, v)]
    return f"{bad[0]!r} is no {kind}" if bad else None


def _misfit_of_answer(kind: str, value: Any) -> bool:
    if kind == "list":
        return not isinstance(value, list)
    wanted = _SCALAR.get(kind, str)
    # True is an int to isinstance, but no sum of money.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return True
    return kind == "date" and not _is_day(str(value))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
