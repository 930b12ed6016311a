"""The certificate (算力券凭证) as PDF: Chinese text, embedded font, a code anybody can check."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings

from companies.local_time import local_date
from vouchers.issuance.codes import with_check
from vouchers.issuance.models import Mode, Voucher
from vouchers.issuance.selectors import get_verify_code
from vouchers.money import capitals, format_rate, format_yuan
from vouchers.programmes.rules.sharing import VoucherTerms

TEMPLATE = Path(__file__).with_name("certificate.typ")
# Printed on paper: this address never moves.
VERIFY_PATH = "/verify/"
FONTS = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
_MODES = {
    Mode.INSTANT: "购买时抵扣",
    Mode.CLAIM_THEN_REDEEM: "先申领，后兑付",
    Mode.REIMBURSE: "先用后补",
}


def certificate_pdf(voucher: Voucher) -> bytes:
    """The certificate of one voucher; it opens nothing by itself."""
    qr = io.BytesIO()
    segno.make(verify_url(voucher), error="m").save(qr, kind="svg", border=2, xmldecl=False)
    return bytes(
        typst.compile(  # type: ignore[call-overload]
            {"main.typ": TEMPLATE.read_bytes(), "qr.svg": qr.getvalue()},
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"paper": json.dumps(certificate_paper(voucher), ensure_ascii=False)},
        )
    )


def verify_url(voucher: Voucher) -> str:
    """The public page that says whether this certificate stands."""
    asked = urlencode({"number": with_check(voucher.number), "code": get_verify_code(voucher)})
    return f"{settings.SITE_URL.rstrip('/')}{VERIFY_PATH}?{asked}"


def certificate_paper(voucher: Voucher) -> dict[str, object]:
    """What the paper says. Its last day is the day before the half-open end."""
    terms = VoucherTerms.from_dict(voucher.terms)
    first = local_date(voucher.issued_at or voucher.prepared_at)
    last = local_date(voucher.valid_until - timedelta(seconds=1))
    code = get_verify_code(voucher)
    return {
        "title": "算力券凭证",
        "agency": voucher.agency.name_zh,
        "programme": voucher.programme.name_zh,
        "demo": "演示 · DEMO" if voucher.is_demo else "",
        "rows": [
            ["券号", with_check(voucher.number)],
            ["持券单位", voucher.company.name_zh],
            ["统一社会信用代码", voucher.company.credit_code],
            ["面额（小写）", f"¥ {format_yuan(voucher.face_fen)}"],
            ["面额（大写）", f"人民币{capitals(voucher.face_fen)}"],
            ["抵扣比例", format_rate(terms.rate_bp)],
            ["使用方式", _MODES[Mode(voucher.mode)]],
            ["有效期", f"{first:%Y年%m月%d日}至{last:%Y年%m月%d日}（含）"],
        ],
        "scan": "扫码查验",
        "code": "-".join(code[at : at + 4] for at in range(0, len(code), 4)),
        "footnote": "本凭证仅供查验，不作为付款依据；使用须由持券单位登录系统办理。",
    }
