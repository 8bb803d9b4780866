-- title: Is a journey complete?
-- version: 1
-- uses: journey.touchpoints
-- formula: touchpoints = those defined, met where they are exactly as many as
--   the object journey.NAME says, or else the rule journey; products = lines
--   whose data names one of its touchpoints, met where they are from
--   products_from to products_to, both included; owned, promised, scored
--   with a standard: touchpoints that have an owner, a promise, a standard
-- source: REQUIREMENTS.md D-19
-- requirements: D-19
-- window: none
-- shards: no
-- column: journey text key - which journey
-- column: touchpoints int64 none - defined
-- column: expected int64 none - touchpoints there should be
-- column: touchpoints_met int64 none - 1 where it is so
-- column: products int64 none - service products at its touchpoints
-- column: products_from int64 none - at least so many
-- column: products_to int64 none - and at most
-- column: products_met int64 none - 1 where it is so
-- column: owned ratio none - touchpoints with an owner, of all
-- column: promised ratio none - touchpoints with a promise, of all
-- column: measured ratio none - touchpoints with a standard, of all
WITH products AS MATERIALIZED (
    SELECT iif(substr(named, 1, 11) = 'touchpoint.', named,
            'touchpoint.' || named) AS touchpoint,
        count(*) AS products
    FROM (SELECT word_member('line', code, 'touchpoint') AS named
        FROM word('line'))
    WHERE named IS NOT NULL
    GROUP BY 1
),
journeys AS MATERIALIZED (
    SELECT journey, count(*) AS touchpoints,
        coalesce(sum(products), 0) AS products,
        count(owner) AS owned, count(promise) AS promised,
        count(standard) AS measured,
        coalesce(word_member('object', 'journey.' || journey,
            'touchpoints'), word_member('rule', 'journey', 'touchpoints'))
            AS expected,
        coalesce(word_member('object', 'journey.' || journey,
            'products_from'), word_member('rule', 'journey',
            'products_from')) AS products_from,
        coalesce(word_member('object', 'journey.' || journey,
            'products_to'), word_member('rule', 'journey', 'products_to'))
            AS products_to
    FROM journey_touchpoints LEFT JOIN products USING (touchpoint)
    GROUP BY journey
)
SELECT journey, touchpoints, expected,
    touchpoints = expected AS touchpoints_met,
    products, products_from, products_to,
    products BETWEEN products_from AND products_to AS products_met,
    owned AS owned_num, touchpoints AS owned_den,
    promised AS promised_num, touchpoints AS promised_den,
    measured AS measured_num, touchpoints AS measured_den
FROM journeys
