-- title: Contest of designs
-- version: 1
-- formula: items of a kind with scores (events `score` and below about them,
--   each judge's latest), as of the moment: mean = sum / n; origin: company
--   where the item's party is us or plays a role of the core layer (staff),
--   else customer; leads: 1 for the highest mean of its origin; wins: 1 for
--   the highest of all; equal means lead together
-- source: REQUIREMENTS.md A-10 (highest mean score)
-- requirements: A-10
-- window: none
-- parameter: kind text = idea - the entries
-- column: item id key - which
-- column: party party none - whose
-- column: origin text none - customer or company
-- column: scores int64 none - how many
-- column: mean ratio none - of the scores
-- column: leads int64 none - 1: best of its origin
-- column: wins int64 none - 1: best of all
-- drill: scores,mean_den SELECT DISTINCT party FROM event WHERE item =
--   :drill_item AND is_a('event', kind, 'score');
-- drill: mean_num SELECT id AS record, party FROM event WHERE item =
--   :drill_item AND is_a('event', kind, 'score');
WITH scores AS MATERIALIZED (
    SELECT item, party, CASE coalesce(number_scale, 0)
            WHEN 0 THEN number * 100 WHEN 1 THEN number * 10
            WHEN 2 THEN number ELSE NULL END AS score,
        row_number() OVER (PARTITION BY item, party
            ORDER BY instant DESC, id DESC) AS nth
    FROM event
    WHERE item IS NOT NULL AND number IS NOT NULL
        AND is_a('event', kind, 'score')
),
means AS MATERIALIZED (
    SELECT item, count(score) AS scores, sum(score) AS total
    FROM scores
    WHERE nth = 1 AND score IS NOT NULL
    GROUP BY item
),
staff AS MATERIALIZED (
    SELECT 1 AS party
    UNION
    SELECT party FROM role_interval('us')
    WHERE holds = 1 AND word_member('role', role, 'layer') = 'core'
),
entries AS MATERIALIZED (
    SELECT items.item, items.party, means.scores, means.total,
        share(means.total, 1000000, means.scores) AS mean,
        iif(coalesce(items.party, 1) IN (SELECT party FROM staff),
            'company', 'customer') AS origin
    FROM item_state(:kind) AS items JOIN means ON means.item = items.item
)
SELECT item, party, origin, scores, total AS mean_num,
    scores * 100 AS mean_den,
    mean = max(mean) OVER (PARTITION BY origin) AS leads,
    mean = max(mean) OVER () AS wins, item AS drill_item
FROM entries
