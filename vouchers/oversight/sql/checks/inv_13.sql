SELECT number AS redemption, accepted_fen, eligible_fen, rate_bp
FROM redemptions_redemption
WHERE accepted_fen > eligible_fen * rate_bp / 10000 + 100
