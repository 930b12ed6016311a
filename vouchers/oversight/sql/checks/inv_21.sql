WITH apart (one, other) AS (
  SELECT x, act FROM unnest(ARRAY['BUILD', 'RELEASE', 'OBJECTION']) AS x,
    unnest(ARRAY['SCREEN', 'REVIEW', 'APPROVE', 'OBJECTION', 'ACCEPT', 'CONFIRM', 'BUILD',
                 'BATCH_APPROVE', 'AUTHORISE', 'RELEASE']) AS act WHERE x <> act
  UNION VALUES ('SCREEN', 'REVIEW'), ('REVIEW', 'APPROVE'), ('SCREEN', 'APPROVE'),
    ('ACCEPT', 'APPROVE'), ('ACCEPT', 'CONFIRM'), ('ACCEPT', 'BATCH_APPROVE'),
    ('ACCEPT', 'AUTHORISE'))
SELECT application_id AS place, 'a person in two seats' AS fault FROM applications_fileseat
GROUP BY application_id, user_id HAVING count(*) > 1
UNION ALL
SELECT map.id, 'one seat for ' || apart.one || ' and ' || apart.other
FROM programmes_seatmap AS map JOIN apart ON map.seats->>apart.one = map.seats->>apart.other
UNION ALL
SELECT d.application_id, 'signed outside one''s seat' FROM applications_decision AS d
WHERE NOT (d.act = 'COSIGN' AND d.seat IS NULL)
  AND NOT EXISTS (SELECT 1 FROM applications_fileseat AS s WHERE s.application_id = d.application_id
                    AND s.user_id = d.user_id AND s.seat = d.seat)
UNION ALL
SELECT d.application_id, 'signed in a seat the act does not belong to'
FROM applications_decision AS d
JOIN applications_application AS file ON file.id = d.application_id
JOIN programmes_seatmap AS map ON map.id = file.seat_map_id
WHERE d.act <> 'COSIGN' AND map.seats->>d.act IS DISTINCT FROM d.seat
UNION ALL
SELECT d.application_id, 'co-signed by who signed first' FROM applications_decision AS d
JOIN applications_decision AS first USING (application_id, subject_ref, cycle, user_id)
WHERE d.act = 'COSIGN' AND first.id < d.id
UNION ALL
SELECT application_id, 'signed twice in one cycle' FROM applications_decision
GROUP BY application_id, subject_ref, act, cycle, user_id HAVING count(*) > 1
