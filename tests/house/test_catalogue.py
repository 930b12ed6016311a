"""The Chinese catalogue: whole, in step with the sources, and true to the glossary's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from config.catalogues import ROOT, compile_all
from config.management.commands.messages import gather, load, render

PATH = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")

# A word of the one language asks for its word in the other, wherever it occurs.
ENGLISH_ASKS = (
    (r"vouchers?", "券|支付凭证号"),
    (r"redemptions?", "用券|核销"),
    (r"public notices?", "公示"),
    (r"prior notice", "事先告知书|先行告知"),
    (r"objections?", "异议"),
    (r"seat maps?", "岗位分离方案"),
    (r"budget lines?", "指标"),
    (r"ceiling", "上限"),
    (r"providers?", "服务商"),
    (r"ledger", "台账"),
    (r"alerts?", "疑点"),
    (r"(?:reply|notice) period", "期"),
)
CHINESE_ASKS = (
    ("核销", r"redee?m|payable"),
    ("兑付", r"settl|pay|paid|payable|accept|batch"),
    ("核定", r"award|approved"),
    ("预占", r"h[oe]ld|released"),
    ("追回", r"recover"),
    ("冲销", r"revers"),
    ("异议", r"object|unfounded|upheld"),
    ("结转", r"carr"),
)
NEVER = ("报销", "系统异常", "请知悉", "你")


def messages(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """(msgid, msgstr) of each message; a plural has one Chinese form."""
    for message in catalogue:
        if message.id:
            yield _first(message.id), _first(message.string)


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def word_faults(english: str, chinese: str) -> Iterator[str]:
    """Where one of the two says a word of the glossary and the other another."""
    for asked, wanted in ENGLISH_ASKS:
        if re.search(rf"\b{asked}\b", english, re.IGNORECASE) and not re.search(wanted, chinese):
            yield f"{english!r}: {chinese!r} lacks {wanted}"
    for asked, wanted in CHINESE_ASKS:
        if asked in chinese and not re.search(wanted, english, re.IGNORECASE):
            yield f"{chinese!r}: {english!r} lacks {wanted}"
    yield from (f"{chinese!r} says {word}" for word in NEVER if word in chinese)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return load(PATH)


def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(catalogue: Catalog) -> None:
    assert render(gather(catalogue)) == PATH.read_text(encoding="utf-8"), "run `make messages`"


def test_every_message_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    assert [english for english, chinese in messages(catalogue) if not chinese.strip()] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_a_translation_keeps_its_placeholders(catalogue: Catalog) -> None:
    lost = [
        (english, chinese)
        for english, chinese in messages(catalogue)
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(chinese))
    ]
    assert lost == []


def test_words_keep_to_the_glossary(catalogue: Catalog) -> None:
    faults = [fault for pair in messages(catalogue) for fault in word_faults(*pair)]
    assert faults == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Settle the invoice", "核销发票"),
        ("Public notice", "公告"),
        ("Your voucher", "你的算力券"),
    ],
)
def test_a_wrong_word_is_seen(english: str, chinese: str) -> None:
    assert list(word_faults(english, chinese))


def test_a_msgid_without_context_has_one_chinese_and_a_plural_one_form(catalogue: Catalog) -> None:
    crooked: list[Message] = [
        message
        for message in catalogue
        if message.id and not isinstance(message.string, str) and len(message.string) != 1
    ]
    assert crooked == []


def test_the_catalogue_compiles() -> None:
    compile_all()
    compiled = PATH.with_suffix(".mo")
    assert compiled.stat().st_mtime >= PATH.stat().st_mtime
