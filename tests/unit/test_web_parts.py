"""The parts of the pages: values as people see them, tables, charts, forms, marks."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from vouchers.web import charts, navigation
from vouchers.web import forms as page_forms
from vouchers.web.status import look_of
from vouchers.web.tables import Column, Table
from vouchers.web.templatetags import suanquan as tags

WEB = Path(charts.__file__).parent
INLINE = re.compile(r"\s(?:style|on[a-z]+)\s*=")


class Claim(page_forms.PageForm):
    """One field of each kind."""

    amount = page_forms.MoneyField(label="Amount", help_text="As invoiced")
    start = page_forms.DayField(label="Start")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    paper = forms.FileField(label="Paper")
    true = forms.BooleanField(label="True")


def test_values_read_as_people_write_them() -> None:
    assert tags.yuan(123_456_789) == "1,234,567.89"
    assert tags.yuan(None) == "—"
    assert [tags.percent(bp) for bp in (3000, 4128, 5, 1250)] == ["30%", "41.28%", "0.05%", "12.5%"]
    evening = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    assert tags.stamp(evening) == "2026-11-26 00:30"
    assert tags.day(evening) == tags.day(date(2026, 11, 26)) == "2026-11-26"


def test_every_icon_named_in_the_pages_exists() -> None:
    text = "".join(path.read_text() for path in WEB.rglob("*.html"))
    names = set(re.findall(r'{% icon "([a-z0-9-]+)"', text))
    names |= {e.icon for g in navigation.MENUS.values() for x in g for e in x.entries if e.icon}
    names |= {
        look_of(code)[1] for code in ("DRAFT", "PAID", "FROZEN", "EXPIRED", "SENT", "RETURNED")
    }
    for name in names:
        assert 'aria-hidden="true"' in tags.icon(name)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("2026-02-29", "invalid"),
        ("0062-01-01", "out_of_time"),
        ("2200-01-01", "out_of_time"),
        ("2199-12-31", ""),
    ],
)
def test_a_day_exists_and_is_not_too_far(told: str, code: str) -> None:
    errors = Claim({"start": told}).errors.as_data().get("start", [])
    assert [one.code for one in errors] == ([code] if code else [])


def test_a_status_has_word_icon_and_tone() -> None:
    shown = tags.status_tag("RETURNED", "<b>", "payment")
    assert "tag--danger" in shown and "&lt;b&gt;" in shown and "<svg" in shown
    assert look_of("RETURNED")[0] == "warn"
    assert look_of("NEVER_SEEN")[0] == "neutral"


def test_a_table_sorts_totals_and_pages() -> None:
    request = RequestFactory().get("/?risk=high&sort=amount&cursor=old")
    table = Table(
        columns=(
            Column("number", "Number", kind="number", link="url"),
            Column("amount_fen", "Amount", kind="money", sort="amount", total=True),
            Column("status", "Status", kind="status"),
        ),
        rows=[
            {"number": "AP-2026-000001", "url": "/a/", "amount_fen": 100, "status": "PAID"},
            {"number": "<x>", "url": "", "amount_fen": 250, "status": "PAID"},
        ],
        caption="Files",
        request=request,
        next_cursor="next",
        select="number",
        amount="amount_fen",
    )
    assert table.heads[1].direction == "ascending"
    assert table.heads[1].url == "?risk=high&sort=-amount"
    assert table.next_url == "?risk=high&sort=amount&cursor=next"
    assert table.previous_url == ""
    shown = render_to_string("web/parts/table.html", {"table": table})
    assert 'aria-sort="ascending"' in shown and "3.50" in shown and "&lt;x&gt;" in shown
    assert 'data-amount="250"' in shown and not INLINE.search(shown)


def test_an_empty_table_says_what_to_do() -> None:
    table = Table(
        columns=(), rows=(), caption="", empty_title="None", empty_url="/n/", empty_action="New"
    )
    assert 'href="/n/"' in render_to_string("web/parts/table.html", {"table": table})


def test_the_chart_draws_every_state_and_its_data() -> None:
    points = [
        charts.BurnPoint(
            day=date(2026, month, 28),
            paid_fen=month * 10_000_000,
            payable_fen=1_000_000,
            issued_fen=2_000_000,
            reserved_fen=3_000_000,
            available_fen=94_000_000 - month * 10_000_000,
        )
        for month in range(2, 8)
    ]
    for code, unit in (("zh-hans", "100"), ("en", "1")):
        with translation.override(code):
            shown = charts.burn_down(points)
        assert shown.count("<polygon") == 2 * len(charts.LAYERS)
        assert f">{unit}</text>" in shown and "700,000.00" in shown
        assert not INLINE.search(shown)
    assert "<svg" in charts.burn_down([])  # the empty state's icon


@pytest.mark.parametrize("amounts", [{}, {"paid": 0}, {"paid": 1, "recovered": 10**13}])
def test_the_state_bar_bears_any_sum(amounts: dict[str, int]) -> None:
    assert charts.state_bar(amounts).count("<li>") == 6


def test_percentages_are_exact() -> None:
    assert charts.percent(1, 3) == "33.33%"
    assert charts.percent(2, 3) == "66.67%"
    assert charts.percent(5, 0) == "0.00%"


def test_a_form_ties_errors_to_their_fields() -> None:
    form = Claim({"amount": "12.345", "start": "tomorrow", "kind": ""})
    assert not form.is_valid()
    shown = Template("{% load suanquan %}{% render_form form %}").render(Context({"form": form}))
    assert 'href="#id_amount"' in shown and 'href="#id_kind_0"' in shown
    assert 'aria-describedby="id_amount_hint id_amount_error"' in shown
    assert shown.count('aria-invalid="true"') == len(form.fields)
    assert 'value="tomorrow"' in shown and not INLINE.search(shown)
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_money_fields_read_yuan_and_show_fen() -> None:
    money = page_forms.MoneyField(label="")
    assert money.clean("1,234.50") == money.clean("¥1234.5") == 123_450
    assert money.prepare_value(123_450) == "1,234.50"
    assert money.prepare_value("12.345") == "12.345"


def test_menus_hide_what_does_not_exist() -> None:
    assert navigation.safe_reverse("nowhere:page") == ""
    links = [link for group in navigation.menu("company", "/company/") for link in group["entries"]]
    assert all(link["url"] for link in links)


def test_every_role_leads_to_an_area() -> None:
    from companies.registry.models import CompanyRole
    from companies.users.models import Role

    roles = {*Role.values, *CompanyRole.values} - {Role.OPERATOR}
    assert set(navigation.AREA_OF_ROLE) == roles
    assert set(navigation.AREA_OF_ROLE.values()) <= set(navigation.MENUS)


def test_no_template_carries_inline_style_or_script() -> None:
    for path in WEB.rglob("*.html"):
        text = path.read_text()
        assert not INLINE.search(text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_the_script_stays_small() -> None:
    assert (WEB / "static/web/app.js").stat().st_size < 15 * 1024
