-- title: Points lots
-- version: 1
-- formula: a lot is a positive entry of the book points that settles no
--   other; what refers to it is spent (points.burn; a refund of a burn comes
--   back to the same lot), swept (points.breakage) or reversed
--   (points.reversal, points.clawback, and anything else): open = amount +
--   their sum. After `end` nothing is left: the rest has expired, swept or
--   not. The order is the order of spending: earliest end first, then as
--   recorded; lots without an end last
-- source: DEFINITIONS.md "Settlement: one rule" (points)
-- requirements: A-19
-- window: none
-- units: all
-- parameter: party party? - only this party's
-- column: lot id key - the entry
-- column: party party none - whose
-- column: unit text none - of points
-- column: day day none - when it was earned
-- column: expires day none - the day it is gone, nothing: never
-- column: earned money none row - the lot
-- column: spent money none row - burns less refunds
-- column: expired money none row - swept, or past its end
-- column: reversed money none row - taken back
-- column: balance money none row - can be spent
-- drill: earned SELECT id, party, amount AS part FROM entry
--   WHERE id = :drill_id;
-- drill: spent SELECT id, party, -amount AS part FROM entry
--   WHERE ref = :drill_id AND is_a('code', code, 'points.burn');
-- drill: reversed SELECT id, party, -amount AS part FROM entry
--   WHERE ref = :drill_id AND NOT is_a('code', code, 'points.burn')
--   AND NOT is_a('code', code, 'points.breakage');
-- drill: expired SELECT id, party, iif(:expires <= :as_of,
--   iif(id = :drill_id, amount, iif(is_a('code', code, 'points.breakage'), 0,
--   amount)), -amount) AS part FROM entry
--   WHERE (id = :drill_id AND :expires <= :as_of)
--   OR (ref = :drill_id AND (:expires <= :as_of
--   OR is_a('code', code, 'points.breakage')));
-- drill: balance SELECT id, party, amount AS part FROM entry
--   WHERE (id = :drill_id OR ref = :drill_id)
--   AND (:expires IS NULL OR :expires > :as_of);
WITH lots AS MATERIALIZED (
    SELECT id, party, unit, day, "end" AS expires, amount
    FROM entry
    WHERE book = 'points' AND ref IS NULL AND amount > 0
        AND (:party IS NULL OR party = :party)
),
uses AS MATERIALIZED (
    SELECT ref,
        -sum(iif(is_a('code', code, 'points.burn'), amount, 0)) AS spent,
        -sum(iif(is_a('code', code, 'points.breakage'), amount, 0))
            AS swept,
        -sum(iif(is_a('code', code, 'points.burn')
            OR is_a('code', code, 'points.breakage'), 0, amount))
            AS reversed
    FROM entry
    WHERE book = 'points' AND ref IS NOT NULL
        AND (:party IS NULL OR party = :party)
    GROUP BY ref
),
rows AS MATERIALIZED (
    SELECT lots.id, lots.party, lots.unit, lots.day, lots.expires,
        lots.amount AS earned, coalesce(uses.spent, 0) AS spent,
        coalesce(uses.swept, 0) AS swept,
        coalesce(uses.reversed, 0) AS reversed,
        lots.expires IS NOT NULL AND lots.expires <= :as_of AS is_over
    FROM lots LEFT JOIN uses ON uses.ref = lots.id
)
SELECT id AS lot, party, unit, day, expires, earned, spent,
    iif(is_over, earned - spent - reversed, swept) AS expired, reversed,
    iif(is_over, 0, earned - spent - swept - reversed) AS balance,
    id AS drill_id
FROM rows
