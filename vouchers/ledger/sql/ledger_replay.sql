-- The first entry under one of these two keys: which noun it moved, and the digest of what was
-- asked. Two keys by name and no LIMIT: for a list of unknown length the plan would be made anew at
-- each call, or walk the journal by id.
CREATE FUNCTION ledger_replay(keys text[], OUT subject text, OUT body_sha256 bytea)
  LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT e.subject_ref, e.request_sha256 INTO subject, body_sha256
    FROM public.ledger_journalentry AS e WHERE e.key IN (keys[1], keys[2]) ORDER BY e.id;
END $$;
