-- The voucher and then its redemption, locked till commit; then, as it stands now, everything that
-- decides about the claim. `person` is who signs, none where a rule accepts.
CREATE FUNCTION claim_locked(
  keys text[], asked_redemption bigint, person bigint, asked_at timestamptz,
  company_roles text[], provider_roles text[],
  OUT replayed text, OUT replayed_sha256 bytea,
  OUT invoice_status text, OUT payment jsonb, OUT signatures jsonb, OUT calendar jsonb,
  OUT shares bigint[], OUT held_fen bigint[], OUT voucher_accounts bigint[],
  OUT held_accounts bigint[], OUT payable_accounts bigint[], OUT people bigint[],
  OUT first_fen bigint, OUT seconds integer,
  OUT seats jsonb, OUT taken text, OUT is_interested boolean, OUT signed text[], OUT submission text
) LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  claim public.redemptions_redemption;
  provider_company bigint;
BEGIN
  PERFORM 1 FROM public.issuance_voucher AS v
    WHERE v.id = (SELECT r.voucher_id FROM public.redemptions_redemption AS r WHERE r.id = asked_redemption)
    FOR NO KEY UPDATE;
  SELECT r.* INTO claim FROM public.redemptions_redemption AS r
    WHERE r.id = asked_redemption FOR NO KEY UPDATE;
  SELECT r.subject, r.body_sha256 INTO replayed, replayed_sha256 FROM public.ledger_replay(keys) AS r;
  IF replayed IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT d.status INTO invoice_status FROM public.applications_evidencedocument AS d
    WHERE d.id = claim.invoice_document_id;
  SELECT rules.document #> '{procedure,terms,payment}', rules.document #> '{procedure,signatures}'
    INTO payment, signatures
    FROM public.applications_application AS a
    JOIN public.programmes_ruleversion AS rules ON rules.id = a.rule_version_id
    WHERE a.id = claim.application_id;
  IF payment ->> 'unit' = 'working' THEN
    calendar := calendar_after((asked_at AT TIME ZONE 'Asia/Shanghai')::date);
  END IF;
  SELECT array_agg(share.id ORDER BY line.draw_order, share.id),
         array_agg(share.held_fen ORDER BY line.draw_order, share.id),
         array_agg(f.voucher_account_id ORDER BY line.draw_order, share.id),
         array_agg(f.held_account_id ORDER BY line.draw_order, share.id),
         array_agg(f.payable_account_id ORDER BY line.draw_order, share.id)
    INTO shares, held_fen, voucher_accounts, held_accounts, payable_accounts
    FROM public.redemptions_redemptionfunding AS share
    JOIN public.issuance_voucherfunding AS f ON f.id = share.voucher_funding_id
    JOIN public.programmes_budgetline AS line ON line.id = f.line_id
    WHERE share.redemption_id = asked_redemption;
  SELECT p.company_id INTO provider_company FROM public.providers_provider AS p
    WHERE p.id = claim.provider_id;
  people := people_told(claim.company_id, company_roles, provider_company, provider_roles, asked_at);
  IF person IS NOT NULL THEN
    SELECT d.amount_fen INTO first_fen FROM public.applications_decision AS d
      WHERE d.application_id = claim.application_id AND d.subject_ref = 'redemption:' || claim.number
        AND d.act = 'ACCEPT' AND d.outcome = 'ACCEPTED' AND d.cycle = claim.cycle
      ORDER BY d.id LIMIT 1;
    SELECT count(*) INTO seconds FROM public.applications_decision AS d
      WHERE d.application_id = claim.application_id AND d.subject_ref = 'redemption:' || claim.number
        AND d.act = 'CONFIRM' AND d.outcome = 'ACCEPTED' AND d.cycle = claim.cycle;
    SELECT look.* INTO seats, taken, is_interested, signed, submission
      FROM public.seat_look(claim.application_id, person, 'redemption:' || claim.number,
                            claim.cycle, ARRAY[provider_company]) AS look;
  END IF;
END $$;
