-- What an order is judged by before anything is locked: the answer its key already had, whose the
-- voucher is, and the membership by which the caller acts for that company.
CREATE FUNCTION order_asked(
  keys text[], asked_voucher bigint, person bigint, roles text[], asked_at timestamptz,
  OUT replayed text, OUT replayed_sha256 bytea, OUT company bigint, OUT membership bigint
) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT r.subject, r.body_sha256 INTO replayed, replayed_sha256 FROM public.ledger_replay(keys) AS r;
  SELECT v.company_id INTO company FROM public.issuance_voucher AS v WHERE v.id = asked_voucher;
  SELECT m.id INTO membership
    FROM public.registry_membership AS m JOIN public.users_user AS u ON u.id = m.user_id
    WHERE m.company_id = company AND m.user_id = person AND u.is_active AND m.role = ANY (roles)
      AND m.valid_from <= asked_at AND asked_at < coalesce(m.valid_until, 'infinity')
    ORDER BY m.id LIMIT 1;
END $$;
