-- A counter is born at zero and moves only by its entries; cap_not_exceeded stands behind it.
CREATE FUNCTION cap_usage_born_empty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.used_fen := 0;
  RETURN NEW;
END $$;

CREATE TRIGGER cap_usage_born_empty BEFORE INSERT ON programmes_capusage
  FOR EACH ROW EXECUTE FUNCTION cap_usage_born_empty();
ALTER TABLE programmes_capusage ENABLE ALWAYS TRIGGER cap_usage_born_empty;

CREATE FUNCTION cap_counts_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.programmes_capusage SET used_fen = used_fen + NEW.delta_fen
    WHERE id = NEW.cap_usage_id;
  RETURN NULL;
END $$;

CREATE TRIGGER cap_counts_entries AFTER INSERT ON programmes_capentry
  FOR EACH ROW EXECUTE FUNCTION cap_counts_entries();
