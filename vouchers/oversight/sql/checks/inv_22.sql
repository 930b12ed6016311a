SELECT 'decision:' || d.id AS place, d.act, d.at
FROM applications_decision AS d
LEFT JOIN applications_application AS file ON file.id = d.application_id
LEFT JOIN users_duty AS duty ON duty.id = d.duty_id
WHERE (duty.user_id = d.user_id AND duty_covers(duty, file, d.at)
       AND duty.role = ANY (roles_of_act(d.act))) IS NOT TRUE
UNION ALL
-- Whoever joined a party later had no interest then.
SELECT 'seat:' || s.id, s.seat, s.taken_at
FROM applications_fileseat AS s
JOIN applications_application AS file ON file.id = s.application_id
JOIN registry_membership AS m ON m.user_id = s.user_id AND m.valid_from <= s.taken_at
LEFT JOIN providers_provider AS p
  ON p.agency_id = file.agency_id AND p.number = file.form->>'provider_number'
WHERE m.company_id IN (file.company_id, p.company_id)
