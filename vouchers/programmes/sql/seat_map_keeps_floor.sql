-- No setting lifts the floor: pairs of acts that may never share a seat, whatever a map says.
CREATE FUNCTION seat_map_keeps_floor() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  acts CONSTANT text[] := ARRAY['SCREEN','REVIEW','APPROVE','OBJECTION','ACCEPT','CONFIRM',
                                'BUILD','BATCH_APPROVE','AUTHORISE','RELEASE'];
  pair record;
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(acts) AS act WHERE coalesce(NEW.seats->>act, '') = '')
     OR EXISTS (SELECT 1 FROM jsonb_object_keys(NEW.seats) AS act WHERE act <> ALL (acts)) THEN
    RAISE EXCEPTION 'seat_map_keeps_floor: every act needs one seat'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_map_keeps_floor';
  END IF;
  FOR pair IN
    SELECT a.act AS one, b.act AS other
    FROM unnest(acts) AS a (act), unnest(acts) AS b (act)
    WHERE a.act < b.act AND NEW.seats->>a.act = NEW.seats->>b.act
  LOOP
    IF 'BUILD' IN (pair.one, pair.other) OR 'RELEASE' IN (pair.one, pair.other)
       OR 'OBJECTION' IN (pair.one, pair.other)
       OR (pair.one IN ('SCREEN','REVIEW','APPROVE') AND pair.other IN ('SCREEN','REVIEW','APPROVE'))
       OR ('ACCEPT' IN (pair.one, pair.other)
           AND (pair.one IN ('APPROVE','CONFIRM','BATCH_APPROVE','AUTHORISE')
                OR pair.other IN ('APPROVE','CONFIRM','BATCH_APPROVE','AUTHORISE'))) THEN
      RAISE EXCEPTION 'seat_map_keeps_floor: % and % may not share a seat', pair.one, pair.other
        USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_map_keeps_floor';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE TRIGGER seat_map_keeps_floor BEFORE INSERT OR UPDATE ON programmes_seatmap
  FOR EACH ROW EXECUTE FUNCTION seat_map_keeps_floor();
ALTER TABLE programmes_seatmap ENABLE ALWAYS TRIGGER seat_map_keeps_floor;
