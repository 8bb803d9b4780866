-- title: Timeline of a customer
-- version: 1
-- formula: entries, events, roles and relations of one party in the order of
--   time; what came twice with the same source and id was recorded once
-- source: DESIGN.md "Exactly once"
-- requirements: B-25
-- window: none
-- units: all
-- parameter: party party - the customer's key
-- column: instant instant key - when, UTC
-- column: record id key - which record
-- column: kind text none - entry, event, role or relation
-- column: code text none - posting code, kind of event, role, type
-- column: about text none - line, object, stage, other party
-- column: number text none - amount or number
-- column: unit text none - of the amount
-- column: source text none - where an event came from
SELECT instant, id AS record, 'entry' AS kind, code, line AS about,
    amount_text(amount, unit) AS number, unit, NULL AS source
FROM entry
WHERE party = :party AND (:unit IS NULL OR unit = :unit)
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
UNION ALL
SELECT instant, id, 'event', kind, coalesce(object, word),
    decimal_text(number, number_scale), NULL, source
FROM event
WHERE party = :party
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
UNION ALL
SELECT instant, id, 'role', role, stage, NULL, NULL, NULL
FROM role
WHERE party = :party
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
UNION ALL
SELECT instant, id, 'relation', type,
    coalesce(party_key(other), '#' || other), NULL, NULL, NULL
FROM relation
WHERE party = :party
    AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
