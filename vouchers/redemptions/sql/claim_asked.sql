-- What an acceptance is judged by before anything is locked: the answer its key already had, whose
-- the claim is, and the duties by which the caller may sign first or second.
CREATE FUNCTION claim_asked(
  keys text[], asked_redemption bigint, person bigint, first_roles text[], second_roles text[],
  asked_at timestamptz,
  OUT replayed text, OUT replayed_sha256 bytea, OUT application bigint, OUT voucher_status text,
  OUT first_duty bigint, OUT second_duty bigint
) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
DECLARE
  agency bigint;
  programme text;
BEGIN
  SELECT r.subject, r.body_sha256 INTO replayed, replayed_sha256 FROM public.ledger_replay(keys) AS r;
  SELECT r.agency_id, r.application_id, v.status, 'programme:' || p.code
    INTO agency, application, voucher_status, programme
    FROM public.redemptions_redemption AS r
    JOIN public.issuance_voucher AS v ON v.id = r.voucher_id
    JOIN public.programmes_programme AS p ON p.id = v.programme_id
    WHERE r.id = asked_redemption;
  first_duty := duty_found(person, first_roles, agency, programme, asked_at);
  second_duty := duty_found(person, second_roles, agency, programme, asked_at);
END $$;
