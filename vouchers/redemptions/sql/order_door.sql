-- The straight way in for whoever orders for the voucher's own company: voucher and offer by the
-- numbers of the request. Both are NULL for anybody and anything else.
CREATE FUNCTION order_door(
  person bigint, roles text[], asked_voucher text, asked_provider text, asked_offer text,
  asked_at timestamptz, OUT voucher bigint, OUT offer bigint
) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT v.id, o.id INTO voucher, offer
    FROM public.issuance_voucher AS v
    JOIN public.registry_membership AS m ON m.company_id = v.company_id
    JOIN public.users_user AS u ON u.id = m.user_id
    JOIN public.providers_provider AS p ON p.agency_id = v.agency_id
    JOIN public.providers_offer AS o ON o.provider_id = p.id
    WHERE v.number = asked_voucher AND p.number = asked_provider AND o.code = asked_offer
      AND o.valid_from <= asked_at AND asked_at < coalesce(o.valid_until, 'infinity')
      AND m.user_id = person AND u.is_active AND m.role = ANY (roles)
      AND m.valid_from <= asked_at AND asked_at < coalesce(m.valid_until, 'infinity')
    ORDER BY o.id LIMIT 1;
END $$;
