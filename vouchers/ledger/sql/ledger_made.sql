-- The entries one request made: under its own key, or that key with /1, /2 …; the column's
-- collation is "C", so that the unique index finds them all.
CREATE FUNCTION ledger_made(request text) RETURNS jsonb LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('number', e.number, 'kind', e.kind, 'key', e.key)
                              ORDER BY e.id), '[]')
    FROM public.ledger_journalentry AS e
    WHERE e.key = request
       OR e.key > request || '/' AND e.key < request || '0'
          AND substr(e.key, length(request) + 2) ~ '^[0-9]+$');
END $$;
