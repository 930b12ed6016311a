"""The demo's scheme: figures as published for Guizhou, authorities invented."""

from __future__ import annotations

import copy
from typing import Any

from vouchers.programmes.scheme_templates import load_template

PROGRAMME = "YJ-CV-2026"
PROVINCE = "990000"
CEILING_FEN = 14_000_000_000  # policy ceiling, 2026 revision
DOCUMENTS = (  # together 100,000,000.00 yuan: the budget of the 2024 news report
    ("演示指〔2026〕1 号", "2026-02-27", 6_000_000_000),
    ("演示指〔2026〕2 号", "2026-03-20", 4_000_000_000),
)
CAP_FEN = 200_000_000  # per applicant and year
RATE_BP = 3_000


def demo_rules(seat_map: str, *, life_months: int = 12) -> dict[str, Any]:
    """The template with this world's papers instead of the province's, and a one-person award."""
    document = copy.deepcopy(load_template("guizhou_2026"))
    document["code"] = "yanjiang-2026"
    document["title_zh"] = "砚江省算力券（演示）"
    document["title_en"] = "Yanjiang compute vouchers (demo)"
    document["clauses"] = [clause for clause in document["clauses"] if clause["id"] != "fast"]
    for clause in document["clauses"]:
        clause["document"] = "砚江省算力券管理办法（演示）"
        if clause["id"] == "rate":
            clause["text_zh"] = "算力、本地大模型、数据、语料服务按订单额的 30% 予以支持。"
            clause["text_en"] = "30% of the order for compute, local models, data and corpora."
    document["rates"] = [{"id": "rate", "clause": "rate", "rate_bp": RATE_BP}]
    document["goods"]["when"]["any"][0]["all"][1]["value"] = PROVINCE
    for basis in document["bases"]:
        basis.update(
            issuer="砚江省数据局（演示）",
            number="演示数〔2026〕3 号",
            title="砚江省算力券管理办法（演示）",
            date="2026-02-20",
            in_force_from="2026-02-20",
        )
    procedure = document["procedure"]
    procedure["seat_map"] = seat_map
    procedure["signatures"] = [
        {"act": "APPROVE", "from_fen": 0, "people": 1},
        {"act": "CONFIRM", "from_fen": 0, "people": 0},
        {"act": "BATCH_APPROVE", "from_fen": 0, "people": 1},
    ]
    procedure["redemption_draw_bp"] = 3_000
    procedure["fast"] = None  # 即申即享 has no code yet: a notice for all
    procedure["voucher_life"] = {"n": life_months, "unit": "months"}
    return document
