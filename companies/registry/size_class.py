"""Large, medium, small, micro: 统计上大中小微型企业划分办法（2017）, 国统字〔2017〕213号.

Large, medium and small need all lower bounds of their row (inclusive), else the class below;
micro fails a bound of small. Class 16 and the mapping of divisions 54–59 are unconfirmed. Finance,
railways, education and public bodies have no row: they have no size class.
"""

from __future__ import annotations

from typing import NamedTuple

from companies.registry.industries import normalise_industry_code, section_of

LATEST = "2017"
_FEN_PER_WAN_YUAN = 1_000_000


class Bounds(NamedTuple):
    """Lower bounds; None = not asked. Money in 万元, as published."""

    staff: int | None = None
    revenue_wan: int | None = None
    assets_wan: int | None = None


class SizeRow(NamedTuple):
    """One line of the published table and the places of GB/T 4754 it covers."""

    key: str
    codes: tuple[str, ...]
    large: Bounds
    medium: Bounds
    small: Bounds


def _by_staff_and_revenue(
    key: str, codes: str, large: tuple[int, int], medium: tuple[int, int], small: tuple[int, int]
) -> SizeRow:
    return SizeRow(key, tuple(codes.split()), Bounds(*large), Bounds(*medium), Bounds(*small))


TABLES: dict[str, tuple[SizeRow, ...]] = {
    "2017": (
        SizeRow(
            "农、林、牧、渔业",
            ("A",),
            Bounds(revenue_wan=20_000),
            Bounds(revenue_wan=500),
            Bounds(revenue_wan=50),
        ),
        _by_staff_and_revenue("工业", "B C D", (1000, 40_000), (300, 2000), (20, 300)),
        SizeRow(
            "建筑业",
            ("E",),
            Bounds(None, 80_000, 80_000),
            Bounds(None, 6000, 5000),
            Bounds(None, 300, 300),
        ),
        _by_staff_and_revenue("批发业", "51", (200, 40_000), (20, 5000), (5, 1000)),
        _by_staff_and_revenue("零售业", "52", (300, 20_000), (50, 500), (10, 100)),
        _by_staff_and_revenue(
            "交通运输业", "54 55 56 57 58", (1000, 30_000), (300, 3000), (20, 200)
        ),
        _by_staff_and_revenue("仓储业", "59", (200, 30_000), (100, 1000), (20, 100)),
        _by_staff_and_revenue("邮政业", "60", (1000, 30_000), (300, 2000), (20, 100)),
        _by_staff_and_revenue("住宿业", "61", (300, 10_000), (100, 2000), (10, 100)),
        _by_staff_and_revenue("餐饮业", "62", (300, 10_000), (100, 2000), (10, 100)),
        _by_staff_and_revenue("信息传输业", "63 64", (2000, 100_000), (100, 1000), (10, 100)),
        _by_staff_and_revenue("软件和信息技术服务业", "65", (300, 10_000), (100, 1000), (10, 50)),
        SizeRow(
            "房地产开发经营",
            ("701",),
            Bounds(None, 200_000, 10_000),
            Bounds(None, 1000, 5000),
            Bounds(None, 100, 2000),
        ),
        _by_staff_and_revenue("物业管理", "702", (1000, 5000), (300, 1000), (100, 500)),
        SizeRow(
            "租赁和商务服务业",
            ("L",),
            Bounds(300, None, 120_000),
            Bounds(100, None, 8000),
            Bounds(10, None, 100),
        ),
        SizeRow(
            "其他未列明行业",
            ("703", "704", "709", "M", "N", "O", "84", "R"),
            Bounds(300),
            Bounds(100),
            Bounds(10),
        ),
    ),
}


def size_class(
    *,
    industry_code: str,
    staff: int,
    revenue_fen: int,
    assets_fen: int,
    version: str = LATEST,
) -> str | None:
    """LARGE, MEDIUM, SMALL or MICRO; None where the table has no row for the industry."""
    row = find_size_row(industry_code, version)
    if row is None:
        return None
    for name, bounds in (("LARGE", row.large), ("MEDIUM", row.medium), ("SMALL", row.small)):
        if _meets(bounds, staff, revenue_fen, assets_fen):
            return name
    return "MICRO"


def find_size_row(industry_code: str, version: str = LATEST) -> SizeRow | None:
    """The row that covers an industry: its group before its division before its section."""
    code = normalise_industry_code(industry_code)
    if code is None:
        return None
    places = [code[:3], code[:2], section_of(code)]
    return next((row for place in places for row in TABLES[version] if place in row.codes), None)


def _meets(bounds: Bounds, staff: int, revenue_fen: int, assets_fen: int) -> bool:
    return (
        staff >= (bounds.staff or 0)
        and revenue_fen >= (bounds.revenue_wan or 0) * _FEN_PER_WAN_YUAN
        and assets_fen >= (bounds.assets_wan or 0) * _FEN_PER_WAN_YUAN
    )
