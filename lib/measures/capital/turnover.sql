-- title: Turnover of stock
-- version: 1
-- formula: cogs: what of the entries of code cost.cogs falls into the period
--   (those with a service period by the day); stock: the latest
--   reading of object `stock` of the company (`us`) by the period's end, in
--   major units; turnover = cogs / stock; change: of turnover in millionths (toward
--   zero) against the period before
-- source: REQUIREMENTS.md A-14
-- requirements: A-14
-- parameter: object text = stock - the reading to take
-- column: period text key - of the window
-- column: cogs money sum - cost of goods sold
-- column: stock money none - at the end of the period
-- column: turnover ratio none - cogs of stock
-- column: change ratio none - of turnover, against the period before
-- drill: cogs SELECT entry.id, entry.party, recognised(entry.amount,
--   entry.day, entry."end", calendar.first_day, calendar.next_day) AS part
--   FROM entry CROSS JOIN calendar WHERE entry.unit = :unit
--   AND is_a('code', entry.code, 'cost.cogs')
--   AND recognised(entry.amount, entry.day, entry."end", calendar.first_day,
--   calendar.next_day) <> 0 AND calendar.period = :period;
WITH readings AS MATERIALIZED (
    SELECT calendar.period, event.number, event.number_scale,
        row_number() OVER (
            PARTITION BY calendar.period
            ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM calendar JOIN event ON event.day < calendar.next_day
    WHERE event.party = 1 AND event.kind = 'reading'
        AND event.object = :object AND event.number IS NOT NULL
),
stocks AS MATERIALIZED (
    SELECT period, amount_of(number, number_scale, :unit) AS stock
    FROM readings WHERE nth = 1
),
costs AS MATERIALIZED (
    SELECT calendar.period, calendar.first_day,
        coalesce(sum(recognised(entry.amount, entry.day, entry."end",
            calendar.first_day, calendar.next_day)), 0) AS cogs
    FROM calendar LEFT JOIN entry
        ON entry.day < calendar.next_day
            AND coalesce(max(entry."end", entry.day + 1), entry.day + 1)
                > calendar.first_day
            AND entry.book = 'cost' AND entry.unit = :unit
            AND is_a('code', entry.code, 'cost.cogs')
    GROUP BY calendar.period
),
rates AS MATERIALIZED (
    SELECT costs.period, costs.first_day, costs.cogs, stocks.stock,
        share(costs.cogs, 1000000, stocks.stock) AS rate
    FROM costs LEFT JOIN stocks ON stocks.period = costs.period
),
rows AS MATERIALIZED (
    SELECT period, cogs, stock, rate,
        lag(rate) OVER (ORDER BY first_day) AS rate_before
    FROM rates
)
SELECT period, cogs, stock, cogs AS turnover_num,
    coalesce(stock, 0) AS turnover_den,
    coalesce(rate - rate_before, 0) AS change_num,
    coalesce(iif(rate IS NULL, 0, rate_before), 0) AS change_den
FROM rows
