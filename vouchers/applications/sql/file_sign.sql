-- Before a person sits down on a file or signs: the map's seats, the seat held already, an interest
-- in the parties or in who is paid, the acts signed in this round, what was submitted.
CREATE FUNCTION seat_look(
  asked_file bigint, person bigint, subject text, round integer, payees bigint[],
  OUT seats jsonb, OUT taken text, OUT is_interested boolean, OUT signed text[], OUT submission text
) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
DECLARE
  file public.applications_application;
BEGIN
  SELECT a.* INTO file FROM public.applications_application AS a WHERE a.id = asked_file;
  SELECT m.seats INTO seats FROM public.programmes_seatmap AS m WHERE m.id = file.seat_map_id;
  SELECT s.seat INTO taken FROM public.applications_fileseat AS s
    WHERE s.application_id = asked_file AND s.user_id = person;
  is_interested := EXISTS (SELECT 1 FROM public.registry_membership AS m
                           WHERE m.user_id = person AND m.company_id = ANY (payees))
    OR has_interest(person, file);
  SELECT coalesce(array_agg(d.act), '{}') INTO signed FROM public.applications_decision AS d
    WHERE d.application_id = asked_file AND d.subject_ref = subject AND d.cycle = round
      AND d.user_id = person;
  SELECT v.sha256 INTO submission FROM public.applications_applicationversion AS v
    WHERE v.application_id = asked_file ORDER BY v.version DESC LIMIT 1;
END $$;

-- Sit down, once and for ever; somebody quicker may only have taken the same seat for this person.
CREATE FUNCTION file_seat_take(agency bigint, file bigint, person bigint, wanted text, sat_at timestamptz)
  RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  held text;
BEGIN
  SELECT s.seat INTO held FROM public.applications_fileseat AS s
    WHERE s.application_id = file AND s.user_id = person;
  IF held IS NULL THEN
    INSERT INTO public.applications_fileseat (agency_id, application_id, user_id, seat, taken_at)
      VALUES (agency, file, person, wanted, sat_at) ON CONFLICT DO NOTHING;
    SELECT s.seat INTO held FROM public.applications_fileseat AS s
      WHERE s.application_id = file AND s.user_id = person;
  END IF;
  IF held <> wanted THEN
    RAISE EXCEPTION 'one_seat_per_person_and_file: % is held, % is wanted', held, wanted
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_seat_per_person_and_file';
  END IF;
END $$;

CREATE FUNCTION file_sign(
  agency bigint, file bigint, act text, seat text, person bigint, duty bigint, subject text,
  round integer, outcome text, amount_fen bigint, reason text, basis_sha256 text,
  signed_on date, signed_at timestamptz
) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF act <> 'COSIGN' THEN
    PERFORM file_seat_take(agency, file, person, seat, signed_at);
  END IF;
  INSERT INTO public.applications_decision
    (agency_id, application_id, act, seat, user_id, duty_id, subject_ref, cycle, outcome,
     amount_fen, reason, basis_sha256, decided_on, at)
  VALUES (agency, file, act, seat, person, duty, subject, round, outcome,
          amount_fen, reason, basis_sha256, signed_on, signed_at);
END $$;
