-- title: Service beside one-off sales, over the customers' lifetimes
-- version: 1
-- formula: of the customers with revenue in the window, everything posted to
--   them up to its end: service = codes revenue.service, .subscription and
--   .membership; one_off = the rest; service_share = service / both
-- source: REQUIREMENTS.md D-24
-- requirements: D-24
-- basis: posted revenue, from the first entry to the window's end
-- column: customers int64 sum - with revenue in the window
-- column: one_off money sum - their sales
-- column: service money sum - their services, subscriptions, memberships
-- column: service_share ratio ratio - of their lifetime revenue
-- drill: one_off SELECT id, party, amount AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND day < :to AND party IN (
--   SELECT party FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND day >= :from AND day < :to AND party <> 1)
--   AND NOT (is_a('code', code, 'revenue.service')
--   OR is_a('code', code, 'revenue.subscription')
--   OR is_a('code', code, 'revenue.membership'));
-- drill: service,service_share_num SELECT id, party, amount AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND day < :to AND party IN (
--   SELECT party FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND day >= :from AND day < :to AND party <> 1)
--   AND (is_a('code', code, 'revenue.service')
--   OR is_a('code', code, 'revenue.subscription')
--   OR is_a('code', code, 'revenue.membership'));
-- drill: customers SELECT DISTINCT party FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND day >= :from AND day < :to AND party <> 1;
-- drill: service_share_den SELECT id, party, amount AS part FROM entry WHERE
--   book = 'revenue' AND unit = :unit AND day < :to AND party IN (SELECT
--   party FROM entry WHERE book = 'revenue' AND unit = :unit AND day >= :from
--   AND day < :to AND party <> 1);
WITH active AS MATERIALIZED (
    SELECT DISTINCT party
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND day >= :from AND day < :to
        AND party <> 1
),
sums AS MATERIALIZED (
    SELECT is_a('code', code, 'revenue.service')
            OR is_a('code', code, 'revenue.subscription')
            OR is_a('code', code, 'revenue.membership') AS is_service,
        sum(amount) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND day < :to
        AND party IN (SELECT party FROM active)
    GROUP BY code
)
SELECT (SELECT count(*) FROM active) AS customers,
    coalesce(sum(iif(is_service, 0, amount)), 0) AS one_off,
    coalesce(sum(iif(is_service, amount, 0)), 0) AS service,
    coalesce(sum(iif(is_service, amount, 0)), 0) AS service_share_num,
    coalesce(sum(amount), 0) AS service_share_den
FROM sums
