-- title: Customers with many services and years
-- version: 1
-- formula: customers with revenue; strong = of them, with a positive revenue
--   entry in as many product lines, and first revenue as many whole months
--   before the moment, as the rule advantage says
-- source: REQUIREMENTS E-25
-- requirements: E-25
-- window: none
-- column: customers int64 sum - with a positive revenue entry
-- column: strong ratio ratio - of them
-- drill: strong_num SELECT party FROM (SELECT party,
--   count(DISTINCT line) AS services, day_text(min(day)) AS first FROM entry
--   WHERE book = 'revenue' AND amount > 0 AND party <> 1 GROUP BY party)
--   CROSS JOIN (SELECT day_text(day) AS last, word_data('rule', 'advantage',
--   :as_of) AS rule FROM today) WHERE services >= json_extract(rule,
--   '$.services') AND (substr(last, 1, 4) - substr(first, 1, 4)) * 12
--   + substr(last, 6, 2) - substr(first, 6, 2)
--   - (substr(last, 9, 2) < substr(first, 9, 2))
--   >= json_extract(rule, '$.months');
-- drill: customers,strong_den SELECT DISTINCT party FROM entry
--   WHERE book = 'revenue' AND amount > 0 AND party <> 1;
WITH used AS MATERIALIZED (
    SELECT party, count(DISTINCT line) AS services,
        day_text(min(day)) AS first
    FROM entry
    WHERE book = 'revenue' AND amount > 0 AND party <> 1
    GROUP BY party
),
now AS MATERIALIZED (
    SELECT day_text(day) AS last,
        word_data('rule', 'advantage', :as_of) AS rule
    FROM today
),
known AS MATERIALIZED (
    SELECT used.services,
        (substr(now.last, 1, 4) - substr(used.first, 1, 4)) * 12
        + substr(now.last, 6, 2) - substr(used.first, 6, 2)
        - (substr(now.last, 9, 2) < substr(used.first, 9, 2)) AS months,
        now.rule
    FROM used CROSS JOIN now
)
SELECT count(*) AS customers,
    coalesce(sum(services >= json_extract(rule, '$.services')
        AND months >= json_extract(rule, '$.months')), 0) AS strong_num,
    count(*) AS strong_den
FROM known
