SELECT min(number) AS number, 'two live applications for one object' AS fault
FROM applications_application
WHERE status NOT IN ('INELIGIBLE', 'REJECTED', 'WITHDRAWN', 'LAPSED', 'CANCELLED')
GROUP BY round_id, company_id, object_key HAVING count(*) > 1
UNION ALL
SELECT min(number), 'two vouchers of one kind and side' FROM issuance_voucher
GROUP BY application_id, kind, side HAVING count(*) > 1
