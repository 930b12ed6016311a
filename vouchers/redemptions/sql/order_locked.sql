-- What an order is judged by. Before anything is locked: the answer its key already had, whose the
-- voucher is, and the membership by which the caller orders for that company; who had an answer or
-- has no membership waits for nobody. Then the voucher, locked till commit, and everything else as
-- it stands under the lock: only its holder moves a voucher's own accounts.
CREATE FUNCTION order_locked(
  keys text[], asked_voucher bigint, asked_offer bigint, asked_at timestamptz,
  person bigint, ordering_roles text[], dead_draws text[], company_roles text[], provider_roles text[],
  OUT replayed text, OUT replayed_sha256 bytea, OUT membership bigint,
  OUT agency bigint, OUT voucher_number text, OUT status text, OUT grace_until timestamptz,
  OUT company bigint, OUT company_code text, OUT application bigint, OUT application_number text,
  OUT is_demo boolean, OUT terms jsonb, OUT hold jsonb,
  OUT offer_code text, OUT is_on_offer boolean,
  OUT provider bigint, OUT provider_number text, OUT provider_company bigint,
  OUT is_admitted boolean, OUT is_related boolean, OUT draws integer, OUT usage_account bigint,
  OUT fundings bigint[], OUT voucher_accounts bigint[], OUT held_accounts bigint[],
  OUT balances_fen bigint[], OUT people bigint[], OUT calendar jsonb, OUT number text
) LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  programme bigint;
BEGIN
  SELECT r.subject, r.body_sha256 INTO replayed, replayed_sha256 FROM public.ledger_replay(keys) AS r;
  IF replayed IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT v.company_id,
         (SELECT m.id FROM public.registry_membership AS m
            JOIN public.users_user AS u ON u.id = m.user_id
            WHERE m.company_id = v.company_id AND m.user_id = person AND u.is_active
              AND m.role = ANY (ordering_roles)
              AND m.valid_from <= asked_at AND asked_at < coalesce(m.valid_until, 'infinity')
            ORDER BY m.id LIMIT 1)
    INTO company, membership FROM public.issuance_voucher AS v WHERE v.id = asked_voucher;
  IF membership IS NULL THEN
    RETURN;
  END IF;
  PERFORM 1 FROM public.issuance_voucher AS v WHERE v.id = asked_voucher FOR NO KEY UPDATE;
  SELECT r.subject, r.body_sha256 INTO replayed, replayed_sha256 FROM public.ledger_replay(keys) AS r;
  IF replayed IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT v.agency_id, v.number, v.status, v.grace_until, v.company_id, c.credit_code,
         v.application_id, a.number, v.is_demo, v.terms, v.programme_id,
         rules.document #> '{procedure,terms,hold}',
         o.code, o.valid_from <= asked_at AND asked_at < coalesce(o.valid_until, 'infinity'),
         p.id, p.number, p.company_id, p.status = 'APPROVED'
    INTO agency, voucher_number, status, grace_until, company, company_code,
         application, application_number, is_demo, terms, programme, hold,
         offer_code, is_on_offer, provider, provider_number, provider_company, is_admitted
    FROM public.issuance_voucher AS v
    JOIN public.registry_company AS c ON c.id = v.company_id
    JOIN public.applications_application AS a ON a.id = v.application_id
    JOIN public.programmes_ruleversion AS rules ON rules.id = a.rule_version_id
    LEFT JOIN public.providers_offer AS o ON o.id = asked_offer AND o.agency_id = v.agency_id
    LEFT JOIN public.providers_provider AS p ON p.id = o.provider_id
    WHERE v.id = asked_voucher;
  is_admitted := is_admitted AND EXISTS (
    SELECT 1 FROM public.providers_admission AS m
    WHERE m.provider_id = provider AND m.programme_id = programme
      AND m.valid_from <= asked_at AND asked_at < coalesce(m.valid_until, 'infinity'));
  is_related := company = provider_company OR EXISTS (
    SELECT 1 FROM public.registry_relatedpair AS pair
    WHERE pair.low_id = least(company, provider_company)
      AND pair.high_id = greatest(company, provider_company));
  IF terms ->> 'max_draws' IS NOT NULL THEN
    SELECT count(*) INTO draws FROM public.redemptions_redemption AS r
      WHERE r.voucher_id = asked_voucher AND r.status <> ALL (dead_draws);
  END IF;
  SELECT u.id INTO usage_account FROM public.providers_usageaccount AS u
    WHERE u.provider_id = provider AND u.company_id = company ORDER BY u.id LIMIT 1;
  SELECT array_agg(f.id ORDER BY line.draw_order, f.id),
         array_agg(f.voucher_account_id ORDER BY line.draw_order, f.id),
         array_agg(f.held_account_id ORDER BY line.draw_order, f.id),
         array_agg(money.credits_fen - money.debits_fen ORDER BY line.draw_order, f.id)
    INTO fundings, voucher_accounts, held_accounts, balances_fen
    FROM public.issuance_voucherfunding AS f
    JOIN public.programmes_budgetline AS line ON line.id = f.line_id
    JOIN public.ledger_account AS money ON money.id = f.voucher_account_id
    WHERE f.voucher_id = asked_voucher;
  people := people_told(company, company_roles, provider_company, provider_roles, asked_at);
  IF hold ->> 'unit' = 'working' THEN
    calendar := calendar_after((asked_at AT TIME ZONE 'Asia/Shanghai')::date);
  END IF;
  number := public_number('RD', asked_at);
END $$;
