-- title: How much each party is asked
-- version: 1
-- formula: by party, in the window (all, without one): asks (as in
--   participation.asks), their minutes (numbers, begun ones), answers, and
--   the day of the last ask
-- source: VOCABULARY.md "Contributions" (boundaries)
-- requirements: A-22
-- window: none
-- column: party party key - who
-- column: asks int64 sum - questions asked
-- column: minutes int64 sum - of effort
-- column: answers int64 sum - given
-- column: last day none - of the last ask
-- drill: asks SELECT id AS record, party FROM event WHERE party = :party
--   AND word_member('event', kind, 'capped') = 'true' AND
--   coalesce(word_member('event', kind, 'transactional'), '') <> 'true' AND
--   (:from IS NULL OR (day >= :from AND day < :to));
-- drill: minutes SELECT id AS record, party FROM event WHERE party = :party
--   AND word_member('event', kind, 'capped') = 'true' AND
--   coalesce(word_member('event', kind, 'transactional'), '') <> 'true' AND
--   (:from IS NULL OR (day >= :from AND day < :to)) AND number > 0;
-- drill: answers SELECT id AS record, party FROM event WHERE party = :party
--   AND is_a('event', kind, 'answer') AND (:from IS NULL OR (day >= :from
--   AND day < :to));
WITH RECURSIVE kinds AS MATERIALIZED (
    SELECT code FROM word('event')
    WHERE word_member('event', code, 'capped') = 'true'
        AND coalesce(word_member('event', code, 'transactional'), '')
            <> 'true'
),
tens(scale, one) AS (
    VALUES (0, 1)
    UNION ALL
    SELECT scale + 1, one * 10 FROM tens WHERE scale < 18
),
seen AS MATERIALIZED (
    SELECT party, day, number, coalesce(number_scale, 0) AS scale,
        kind IN (SELECT code FROM kinds) AS is_ask
    FROM event
    WHERE (kind IN (SELECT code FROM kinds)
            OR is_a('event', kind, 'answer'))
        AND (:from IS NULL OR (day >= :from AND day < :to))
)
SELECT party, sum(is_ask) AS asks,
    coalesce(sum(iif(is_ask AND number > 0,
        min((number - 1) / tens.one + 1, 2147483647), NULL)), 0) AS minutes,
    sum(NOT is_ask) AS answers, max(iif(is_ask, day, NULL)) AS last
FROM seen JOIN tens ON tens.scale = seen.scale
GROUP BY party
HAVING sum(is_ask) > 0
