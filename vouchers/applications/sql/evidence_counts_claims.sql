-- A document is born unclaimed; its counters move only with claims, in their transaction.
CREATE FUNCTION evidence_born_unclaimed() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.claimed_fen := 0;
  NEW.live_claims := 0;
  RETURN NEW;
END $$;

CREATE TRIGGER evidence_born_unclaimed BEFORE INSERT ON applications_evidencedocument
  FOR EACH ROW EXECUTE FUNCTION evidence_born_unclaimed();
ALTER TABLE applications_evidencedocument ENABLE ALWAYS TRIGGER evidence_born_unclaimed;

CREATE FUNCTION evidence_final() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.status IN ('RED_LETTERED', 'VOIDED') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'evidence_final: a voided or red-lettered paper stays so'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_final';
  END IF;
  IF (NEW.base_fen, NEW.limit_fen) IS DISTINCT FROM (OLD.base_fen, OLD.limit_fen)
     AND (OLD.live_claims > 0 OR OLD.status = 'VERIFIED') THEN
    RAISE EXCEPTION 'evidence_base_stands: the sum of a claimed or verified paper stays'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_base_stands';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER evidence_final BEFORE UPDATE ON applications_evidencedocument
  FOR EACH ROW EXECUTE FUNCTION evidence_final();
ALTER TABLE applications_evidencedocument ENABLE ALWAYS TRIGGER evidence_final;

CREATE FUNCTION evidence_counts_claims() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
       OR to_jsonb(NEW) - 'released_at' IS DISTINCT FROM to_jsonb(OLD) - 'released_at') THEN
    RAISE EXCEPTION 'evidence_claim_frozen: a claim can only be released, once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_claim_frozen';
  END IF;
  UPDATE public.applications_evidencedocument SET
    claimed_fen = claimed_fen + CASE WHEN NEW.released_at IS NULL THEN NEW.amount_fen
                                     ELSE -NEW.amount_fen END,
    live_claims = live_claims + CASE WHEN NEW.released_at IS NULL THEN 1 ELSE -1 END
    WHERE id = NEW.document_id;
  RETURN NULL;
END $$;

CREATE TRIGGER evidence_counts_claims AFTER INSERT OR UPDATE ON applications_evidenceclaim
  FOR EACH ROW EXECUTE FUNCTION evidence_counts_claims();
ALTER TABLE applications_evidenceclaim ENABLE ALWAYS TRIGGER evidence_counts_claims;
