-- title: Points of every party
-- version: 1
-- uses: customer.lots
-- formula: sums over the party's lots (customer.lots): earned = spent +
--   expired + reversed + balance, always; next_expiry: the earliest end of a
--   lot with something left, expiring: what is left in lots of that day
-- source: DEFINITIONS.md "Settlement: one rule" (points)
-- requirements: A-19
-- window: none
-- units: all
-- column: party party key - whose
-- column: unit text key - of points
-- column: earned money sum row - all lots
-- column: spent money sum row - burns less refunds
-- column: expired money sum row - past their end
-- column: reversed money sum row - taken back
-- column: balance money sum row - can be spent
-- column: next_expiry day none - when something goes next
-- column: expiring money none row - how much then
-- drill: earned SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND ref IS NULL AND amount > 0;
-- drill: spent SELECT id, party, -amount AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND ref IS NOT NULL AND is_a('code', code, 'points.burn');
-- drill: reversed SELECT id, party, -amount AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND ref IS NOT NULL AND NOT is_a('code', code, 'points.burn')
--   AND NOT is_a('code', code, 'points.breakage');
-- drill: balance SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND coalesce(ref, id) IN (SELECT id FROM entry WHERE party = :party
--   AND book = 'points' AND ref IS NULL AND amount > 0
--   AND ("end" IS NULL OR "end" > :as_of));
-- drill: expiring SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND coalesce(ref, id) IN (SELECT id FROM entry WHERE party = :party
--   AND book = 'points' AND ref IS NULL AND amount > 0
--   AND "end" = :next_expiry);
-- drill: expired SELECT id, party, iif(is_a('code', code,
--   'points.breakage'), iif(coalesce(ref, id) IN (SELECT id FROM entry
--   WHERE party = :party AND book = 'points' AND ref IS NULL AND amount > 0
--   AND "end" <= :as_of), 0, -amount), amount) AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'points'
--   AND (is_a('code', code, 'points.breakage')
--   OR coalesce(ref, id) IN (SELECT id FROM entry WHERE party = :party
--   AND book = 'points' AND ref IS NULL AND amount > 0
--   AND "end" <= :as_of));
WITH next AS MATERIALIZED (
    SELECT party, unit, min(expires) AS expires
    FROM customer_lots WHERE balance > 0
    GROUP BY party, unit
)
SELECT customer_lots.party, customer_lots.unit,
    sum(customer_lots.earned) AS earned, sum(customer_lots.spent) AS spent,
    sum(customer_lots.expired) AS expired,
    sum(customer_lots.reversed) AS reversed,
    sum(customer_lots.balance) AS balance, next.expires AS next_expiry,
    sum(iif(customer_lots.expires = next.expires, customer_lots.balance, 0))
        AS expiring
FROM customer_lots
LEFT JOIN next ON next.party = customer_lots.party
    AND next.unit = customer_lots.unit
GROUP BY customer_lots.party, customer_lots.unit
