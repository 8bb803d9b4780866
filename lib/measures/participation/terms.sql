-- title: Agreed shares in items
-- version: 1
-- formula: of each item the record of terms with the latest instant of its
--   events `terms` (and below), a row a party: shares that sum to exactly 1
--   (guard event-terms)
-- source: VOCABULARY.md "Contributions" (IP record)
-- requirements: A-26
-- window: none
-- column: item id key - in what
-- column: party party key - who
-- column: terms text none - the version
-- column: ownership text none - kind of the event
-- column: share ratio none - of 1
-- column: day day none - since when
-- drill: share_num SELECT :party AS party;
WITH said AS MATERIALIZED (
    SELECT item, party, kind, object, number, number_scale, day, instant, id
    FROM event
    WHERE item IS NOT NULL AND is_a('event', kind, 'terms')
),
versions AS MATERIALIZED (
    SELECT item, object, row_number() OVER (PARTITION BY item
        ORDER BY instant DESC, id DESC) AS nth
    FROM said
)
SELECT said.item, said.party, said.object AS terms, said.kind AS ownership,
    sum(CASE coalesce(said.number_scale, 0)
        WHEN 0 THEN said.number * 1000000 WHEN 1 THEN said.number * 100000
        WHEN 2 THEN said.number * 10000 WHEN 3 THEN said.number * 1000
        WHEN 4 THEN said.number * 100 WHEN 5 THEN said.number * 10
        ELSE said.number END) AS share_num,
    1000000 AS share_den, max(said.day) AS day
FROM said JOIN versions ON versions.item = said.item
    AND versions.nth = 1 AND versions.object IS said.object
GROUP BY said.item, said.party
