"""Papers of the fictitious world: contract PDFs, usage bills, invoices, bank receipts."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from companies.local_time import SHANGHAI

FOCUS_COLUMNS = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargeCategory",
    "ChargeDescription",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ChargeFrequency",
    "ConsumedQuantity",
    "ConsumedUnit",
    "InvoiceId",
    "ResourceId",
    "SkuId",
    "x_VoucherNumber",
    "x_BeneficiaryUSCC",
)


PURPOSES = {
    "compute": (
        "训练面向制造质检的视觉模型，并为三条产线提供在线推理。",
        "在行业语料上微调语言模型，用于设备检修问答。",
        "对气象与水文数据做中长期预报模型的训练。",
        "为药物分子筛选提供批量推理算力。",
        "训练多语种客服语音模型，替换现有外购接口。",
        "开展自动驾驶仿真场景的渲染与策略训练。",
        "为煤矿安全监测视频做实时识别推理。",
    ),
    "data": (
        "采购脱敏后的工业缺陷图像数据，用于模型训练。",
        "采购行业标准语料与标注服务，建立评测集。",
        "采购遥感影像数据产品，用于农情分析模型。",
        "采购医学影像标注服务，经伦理审查后使用。",
    ),
}


class Sold(NamedTuple):
    """What a bill says of a service."""

    description: str
    quantity: str
    unit: str
    category: str
    name: str
    sku: str


SOLD = {
    "compute": Sold(
        "GPU card hours (demo)", "24.0", "GPU-Hours", "AI and Machine Learning",
        "Training platform", "GPU-DEMO",
    ),
    "data": Sold("Data products (demo)", "1.0", "Datasets", "Analytics", "Data market", "SET-DEMO"),
}  # fmt: skip


def contract_pdf(title: str) -> bytes:
    """A one-page PDF in plain PDF syntax; its text names the demo and the contract number."""
    text = "".join(char if char.isascii() and char not in "()\\" else "?" for char in title)
    stream = f"BT /F1 14 Tf 60 760 Td (DEMO contract {text}) Tj ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def usage_bill(
    *,
    amount_fen: int,
    account: str,
    company: str,
    credit_code: str,
    provider: str,
    invoice_number: str,
    voucher: str,
    first: date,
    service: str = "compute",
    rows: int = 3,
) -> bytes:
    """A FOCUS CSV whose BilledCost sums to `amount_fen`; one charge a day from `first` on."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FOCUS_COLUMNS, lineterminator="\n")
    writer.writeheader()
    each, rest = divmod(amount_fen, rows)
    what = SOLD[service]
    start = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    for index in range(rows):
        fen = each + (rest if index == 0 else 0)
        cost = str(Decimal(fen).scaleb(-2))
        begun = _utc(start + timedelta(days=index))
        ended = _utc(start + timedelta(days=index + 1))
        writer.writerow(
            {
                "BilledCost": cost, "ContractedCost": cost, "EffectiveCost": cost, "ListCost": cost,
                "BillingAccountId": account, "BillingAccountName": company,
                "BillingCurrency": "CNY",
                "BillingPeriodStart": _utc(start), "BillingPeriodEnd": _utc(start + timedelta(60)),
                "ChargeCategory": "Usage", "ChargeDescription": what.description,
                "ChargePeriodStart": begun, "ChargePeriodEnd": ended,
                "InvoiceIssuerName": provider, "ProviderName": provider, "PublisherName": provider,
                "PricingQuantity": what.quantity, "PricingUnit": what.unit,
                "ConsumedQuantity": what.quantity, "ConsumedUnit": what.unit,
                "ServiceCategory": what.category, "ServiceName": what.name,
                "ChargeFrequency": "Usage-Based", "InvoiceId": invoice_number,
                "ResourceId": f"job-{invoice_number[-8:]}-{index}", "SkuId": what.sku,
                "x_VoucherNumber": voucher, "x_BeneficiaryUSCC": credit_code,
            }
        )  # fmt: skip
    return out.getvalue().encode()


def invoice_number(serial: int, year: int = 2026) -> str:
    """An e-fapiao number of 20 digits: year, a province code no province has, serial."""
    return f"{year % 100:02d}99{serial:016d}"


def invoice(number: str, day: date, amount_fen: int, seller: str, buyer: str) -> dict[str, Any]:
    """An invoice as the evidence verb takes it; 6 % tax inside the amount, whole fen."""
    tax_fen = amount_fen - amount_fen * 100 // 106
    return {
        "number": number,
        "date": day,
        "amount_fen": amount_fen,
        "tax_fen": tax_fen,
        "seller_code": seller,
        "buyer_code": buyer,
    }


def receipt(number: str, day: date, amount_fen: int, payer: str, payee: str) -> dict[str, Any]:
    """The bank receipt of the company's own share."""
    return {
        "receipt_number": number,
        "date": day,
        "amount_fen": amount_fen,
        "payer_code": payer,
        "payee_code": payee,
    }


def purpose(number: int, service: str) -> str:
    """A sentence for the form, another for each applicant in turn."""
    sentences = PURPOSES[service]
    return f"{sentences[number % len(sentences)]}（演示）"


def _utc(at: datetime) -> str:
    shifted = at - (at.utcoffset() or timedelta())
    return shifted.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
