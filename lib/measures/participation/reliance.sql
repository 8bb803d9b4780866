-- title: Reliance on few contributors
-- version: 1
-- formula: ideas and contributions that came in in the window (all, without
--   one), by who brought them; absence = fewest contributors that together
--   brought half of them or more; over_reliance: 1 where that is at most
--   "absence_factor" of the rule contributor-reliance (and there is anybody)
-- source: DEFINITIONS.md "Scores and people" (concentration); VOCABULARY.md
--   "Contributions" (boundaries)
-- requirements: A-22
-- window: none
-- shards: no
-- column: contributors int64 none - distinct parties
-- column: contributions int64 none - items
-- column: absence int64 none - contributors that reach half
-- column: over_reliance int64 none - 1: too few
-- drill: contributors SELECT DISTINCT party FROM item WHERE (is_a('item',
--   kind, 'contribution') OR is_a('item', kind, 'idea')) AND party IS NOT
--   NULL AND party <> 1 AND (:from IS NULL OR (day >= :from AND day <
--   :to));
-- drill: contributions SELECT id AS record, party FROM item WHERE
--   (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea')) AND
--   party IS NOT NULL AND party <> 1 AND (:from IS NULL OR (day >= :from
--   AND day < :to));
-- drill: absence SELECT party FROM (SELECT party, sum(items) OVER by_size
--   AS reached, items, sum(items) OVER () AS whole FROM (SELECT party,
--   count(*) AS items FROM item WHERE (is_a('item', kind, 'contribution')
--   OR is_a('item', kind, 'idea')) AND party IS NOT NULL AND party <> 1 AND
--   (:from IS NULL OR (day >= :from AND day < :to)) GROUP BY party) WINDOW
--   by_size AS (ORDER BY items DESC, party ROWS UNBOUNDED PRECEDING)) WHERE
--   2 * (reached - items) < whole;
WITH brought AS MATERIALIZED (
    SELECT party, count(*) AS items FROM item
    WHERE (is_a('item', kind, 'contribution') OR is_a('item', kind, 'idea'))
        AND party IS NOT NULL AND party <> 1
        AND (:from IS NULL OR (day >= :from AND day < :to))
    GROUP BY party
),
ranked AS MATERIALIZED (
    SELECT row_number() OVER by_size AS place,
        sum(items) OVER by_size AS reached, sum(items) OVER () AS whole
    FROM brought
    WINDOW by_size AS (ORDER BY items DESC, party
        ROWS UNBOUNDED PRECEDING)
)
SELECT count(*) AS contributors, coalesce(max(whole), 0) AS contributions,
    min(iif(2 * reached >= whole, place, NULL)) AS absence,
    coalesce(min(iif(2 * reached >= whole, place, NULL))
        <= word_member('rule', 'contributor-reliance', 'absence_factor'), 0)
        AS over_reliance
FROM ranked
