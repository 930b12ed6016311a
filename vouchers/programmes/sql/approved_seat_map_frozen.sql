-- Files are judged by the map they were handed in under: an approved map never changes.
CREATE FUNCTION approved_seat_map_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  approval CONSTANT text[] := ARRAY['status', 'approved_by_id', 'approved_at'];
BEGIN
  IF OLD.status <> 'PROPOSED'
     OR to_jsonb(NEW) - approval IS DISTINCT FROM to_jsonb(OLD) - approval THEN
    RAISE EXCEPTION 'approved_seat_map_frozen: map %@% stands', OLD.code, OLD.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_seat_map_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER approved_seat_map_frozen BEFORE UPDATE ON programmes_seatmap
  FOR EACH ROW EXECUTE FUNCTION approved_seat_map_frozen();
ALTER TABLE programmes_seatmap ENABLE ALWAYS TRIGGER approved_seat_map_frozen;
