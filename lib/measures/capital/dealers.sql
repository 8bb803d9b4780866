-- title: Channel partners: margin and dependence
-- version: 1
-- formula: parties in a role below channel: margin = (resale - wholesale) /
--   resale, from their latest readings of the objects price.resale and
--   price.wholesale; enough: margin of at least margin_ppm; trained: events
--   of the window whose object is training; dependence = revenue recognised
--   from the party / all revenue of the window
-- source: REQUIREMENTS.md B-11
-- requirements: B-11
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- parameter: margin_ppm int64 = 250000 - the margin a partner needs
-- column: party party key - the partner
-- column: margin ratio none - of the resale price
-- column: enough int64 none - 1 where the margin is enough
-- column: trained int64 none - trainings in the window
-- column: revenue money none - from the partner
-- column: dependence ratio none - of all revenue
-- drill: revenue,dependence_num SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit AND book = 'revenue'
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: dependence_den SELECT id, party, recognised(amount, day, "end",
--   :from, :to) AS part FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND party <> 1 AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: trained SELECT party, count(*) AS part FROM event WHERE party =
--   :party AND object = 'training' AND day >= :from AND day < :to GROUP BY
--   party;
WITH partners AS MATERIALIZED (
    SELECT DISTINCT party FROM role
    WHERE is_a('role', role, 'channel')
        AND (until IS NULL OR until > :as_of)
),
digits(scale, power) AS (
    VALUES (0, 1000000), (1, 100000), (2, 10000), (3, 1000), (4, 100),
        (5, 10), (6, 1)
),
latest AS MATERIALIZED (
    SELECT event.party, event.object, event.number * digits.power AS price,
        row_number() OVER (
            PARTITION BY event.party, event.object
            ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM event JOIN digits ON digits.scale = event.number_scale
    WHERE event.kind = 'reading' AND event.number IS NOT NULL
        AND event.object IN ('price.resale', 'price.wholesale')
),
prices AS MATERIALIZED (
    SELECT party, max(iif(object = 'price.resale', price, NULL)) AS resale,
        max(iif(object = 'price.wholesale', price, NULL)) AS wholesale
    FROM latest WHERE nth = 1
    GROUP BY party
),
trainings AS MATERIALIZED (
    SELECT party, count(*) AS trained
    FROM event
    WHERE object = 'training' AND day >= :from AND day < :to
    GROUP BY party
),
revenues AS MATERIALIZED (
    SELECT party, sum(recognised(amount, day, "end", :from, :to)) AS revenue
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1
    GROUP BY party
),
whole AS MATERIALIZED (
    SELECT coalesce(sum(revenue), 0) AS revenue FROM revenues
)
SELECT partners.party,
    coalesce(prices.resale - prices.wholesale, 0) AS margin_num,
    iif(prices.wholesale IS NULL, 0, coalesce(prices.resale, 0))
        AS margin_den,
    prices.resale > 0 AND share(prices.resale - prices.wholesale, 1000000,
        prices.resale) >= :margin_ppm AS enough,
    coalesce(trainings.trained, 0) AS trained,
    coalesce(revenues.revenue, 0) AS revenue,
    coalesce(revenues.revenue, 0) AS dependence_num,
    whole.revenue AS dependence_den
FROM partners CROSS JOIN whole
LEFT JOIN prices ON prices.party = partners.party
LEFT JOIN trainings ON trainings.party = partners.party
LEFT JOIN revenues ON revenues.party = partners.party
