-- Which HTTP request had the effect that is on record under this name; NULL where nothing is.
CREATE FUNCTION audit_answerer(request text) RETURNS text LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN (SELECT e.request_id FROM public.audit_auditevent AS e
          WHERE e.request_ref = request AND e.request_ref <> '');
END $$;
