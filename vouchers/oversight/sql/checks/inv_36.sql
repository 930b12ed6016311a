SELECT r.number AS redemption, r.status, d.status AS invoice_status
FROM redemptions_redemption AS r
LEFT JOIN applications_evidencedocument AS d ON d.id = r.invoice_document_id
WHERE r.status IN ('ACCEPTED', 'IN_SETTLEMENT') AND d.status IS DISTINCT FROM 'VERIFIED'
