-- A claim becomes a debt: nothing is held any longer, each line owes its part.
CREATE FUNCTION redemption_accept(
  redemption bigint, accepted bigint, because text, moment timestamptz,
  shares bigint[], parts_fen bigint[]
) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.redemptions_redemptionfunding AS share SET held_fen = 0, accepted_fen = part.fen
    FROM unnest(shares, parts_fen) AS part (id, fen) WHERE share.id = part.id;
  UPDATE public.redemptions_redemption
    SET status = 'ACCEPTED', status_at = moment, held_fen = 0, accepted_fen = accepted,
        accepted_at = moment, reason = because, cycle = cycle + 1
    WHERE id = redemption;
END $$;
