-- A new order and what it draws on which of the voucher's lines.
CREATE FUNCTION redemption_put(
  number text, agency bigint, voucher bigint, application bigint, company bigint, provider bigint,
  offer bigint, usage_account bigint, payee bigint, order_number text, price_fen bigint,
  rate_bp integer, amount_fen bigint, asked_at timestamptz, is_demo boolean,
  fundings bigint[], parts_fen bigint[]
) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  redemption bigint;
BEGIN
  INSERT INTO public.redemptions_redemption
    (number, agency_id, voucher_id, application_id, company_id, provider_id, offer_id,
     usage_account_id, payee_id, order_number, status, status_at, price_fen, rate_bp,
     requested_fen, held_fen, requested_at, is_demo,
     eligible_fen, accepted_fen, reason, is_silent, cycle)
  VALUES
    (number, agency, voucher, application, company, provider, offer,
     usage_account, payee, order_number, 'REQUESTED', asked_at, price_fen, rate_bp,
     amount_fen, amount_fen, asked_at, is_demo,
     0, 0, '', false, 0)
  RETURNING id INTO redemption;
  INSERT INTO public.redemptions_redemptionfunding
    (agency_id, redemption_id, voucher_funding_id, held_fen, accepted_fen)
    SELECT agency, redemption, funding, part, 0
    FROM unnest(fundings, parts_fen) WITH ORDINALITY AS share (funding, part, place)
    WHERE part > 0 ORDER BY place;
  RETURN redemption;
END $$;
