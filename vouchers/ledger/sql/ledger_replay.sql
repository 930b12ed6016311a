-- The first entry under one of these keys: which noun it moved, and the digest of what was asked.
CREATE FUNCTION ledger_replay(keys text[], OUT subject text, OUT body_sha256 bytea)
  LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT e.subject_ref, e.request_sha256 INTO subject, body_sha256
    FROM public.ledger_journalentry AS e WHERE e.key = ANY (keys) ORDER BY e.id LIMIT 1;
END $$;
