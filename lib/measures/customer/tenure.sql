-- title: How long customers have been with us
-- version: 1
-- formula: whole months from a party's first entry, event or role to the
--   moment; the mean over all parties with an exchange of value (an entry of
--   revenue, cost, receivable, points or exchange, or an act) or a role, now
--   or before
-- source: REQUIREMENTS E-18
-- requirements: E-18
-- window: none
-- column: customers int64 sum - how many
-- column: months ratio ratio - mean tenure in months
-- drill: customers,months_num,months_den SELECT party FROM customer_fact
--   WHERE exchanges > 0 OR party IN (SELECT party FROM role_interval('us'));
WITH seen AS MATERIALIZED (
    SELECT party, min(day) AS day FROM (
        SELECT party, min(day) AS day FROM entry WHERE party <> 1
        GROUP BY party
        UNION ALL
        SELECT party, min(day) FROM event WHERE party <> 1 GROUP BY party
        UNION ALL
        SELECT party, min(day) FROM role_interval('us') GROUP BY party
    )
    GROUP BY party
),
counted AS MATERIALIZED (
    SELECT day_text(seen.day) AS first, day_text(customer_fact.as_of) AS last
    FROM customer_fact CROSS JOIN seen ON seen.party = customer_fact.party
    WHERE seen.day <= customer_fact.as_of
        AND (customer_fact.exchanges > 0
            OR seen.party IN (SELECT party FROM role_interval('us')))
),
months AS MATERIALIZED (
    SELECT (substr(last, 1, 4) - substr(first, 1, 4)) * 12
        + substr(last, 6, 2) - substr(first, 6, 2)
        - (substr(last, 9, 2) < substr(first, 9, 2)) AS months
    FROM counted
)
SELECT count(*) AS customers, coalesce(sum(months), 0) AS months_num,
    count(*) AS months_den
FROM months
