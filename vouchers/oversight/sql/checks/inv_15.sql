SELECT r.number AS redemption, r.requested_at
FROM redemptions_redemption AS r
LEFT JOIN issuance_voucher AS v ON v.id = r.voucher_id
LEFT JOIN providers_offer AS o ON o.id = r.offer_id
WHERE r.split_from_id IS NULL AND (
      v.company_id <> r.company_id OR v.application_id <> r.application_id
   OR o.provider_id <> r.provider_id
   OR v.issued_at IS NULL OR r.requested_at < v.issued_at OR r.requested_at >= v.grace_until
   OR o.valid_from IS NULL OR r.requested_at < o.valid_from
   OR r.requested_at >= coalesce(o.valid_until, 'infinity')
   OR NOT EXISTS (
     SELECT 1 FROM providers_admission AS a
     WHERE a.provider_id = r.provider_id AND a.programme_id = v.programme_id
       AND r.requested_at >= a.valid_from
       AND r.requested_at < coalesce(a.valid_until, 'infinity')))
