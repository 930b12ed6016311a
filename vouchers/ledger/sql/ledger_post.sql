-- Post one entry with its transfers in one call. Accounts are locked first, ascending by id.
-- Returns the new entry's id, or NULL where the key is already there (the caller tells a replay
-- from another body). A transfer is refused by its constraints, and everything with it. Here and in
-- the triggers below all is looked up by keys: plans are made once a session.
CREATE FUNCTION ledger_post(
  entry_kind text, entry_agency bigint, entry_key text, body_sha256 bytea, takes_effect_at timestamptz,
  actor text, subject text, reversed_entry bigint,
  debit_ids bigint[], credit_ids bigint[], amounts_fen bigint[]
) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  entry bigint;
BEGIN
  PERFORM 1 FROM public.ledger_account
    WHERE id = ANY (debit_ids || credit_ids) ORDER BY id FOR NO KEY UPDATE;
  INSERT INTO public.ledger_journalentry
    (number, agency_id, kind, key, request_sha256, effective_at, recorded_at, actor_ref, subject_ref, reverses_id)
  VALUES
    (public_number('JV', takes_effect_at), entry_agency, entry_kind, entry_key, body_sha256, takes_effect_at, takes_effect_at, actor, subject, reversed_entry)
  ON CONFLICT (key) DO NOTHING
  RETURNING id INTO entry;
  IF entry IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.ledger_transfer (entry_id, debit_account_id, credit_account_id, amount_fen)
    SELECT entry, d, c, a FROM unnest(debit_ids, credit_ids, amounts_fen)
      WITH ORDINALITY AS t (d, c, a, place) ORDER BY place;
  RETURN entry;
END $$;
