SELECT r.number AS redemption, r.accepted_fen, r.eligible_fen, r.rate_bp
FROM redemptions_redemption AS r LEFT JOIN issuance_voucher AS v ON v.id = r.voucher_id
WHERE (r.accepted_fen > 0 AND r.accepted_fen * 10000 >=
         r.eligible_fen * r.rate_bp + coalesce((v.terms->>'rounding_unit_fen')::bigint, 1) * 10000)
   OR r.rate_bp <> (v.terms->>'rate_bp')::bigint
