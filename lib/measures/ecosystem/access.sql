-- title: Access of groups to a public service
-- version: 1
-- formula: the latest access.eligible, access.served and access.depth about
--   each group (object); coverage = served / eligible; a group without a
--   depth has that of the event without an object, or 1; effective = served *
--   depth / eligible, depth in millionths
-- source: REQUIREMENTS C-06
-- requirements: C-06
-- window: none
-- column: group text key - the object of the events
-- column: eligible int64 sum - people the service is for
-- column: served int64 sum - of them, served
-- column: coverage ratio ratio - served of eligible
-- column: depth decimal none 6 - share of the need that is met
-- column: effective ratio ratio - coverage by depth
WITH digits(scale, power) AS (
    VALUES (0, 1), (1, 10), (2, 100), (3, 1000), (4, 10000), (5, 100000),
        (6, 1000000)
),
latest AS MATERIALIZED (
    SELECT coalesce(object, '') AS "group", kind, number, number_scale,
        row_number() OVER (
            PARTITION BY coalesce(object, ''), kind
            ORDER BY instant DESC, id DESC
        ) AS nth
    FROM event
    WHERE kind IN ('access.eligible', 'access.served', 'access.depth')
        AND number IS NOT NULL
),
groups AS MATERIALIZED (
    SELECT "group",
        max(iif(kind = 'access.eligible',
            amount_of(number, number_scale, 'count'), NULL)) AS eligible,
        coalesce(max(iif(kind = 'access.served',
            amount_of(number, number_scale, 'count'), NULL)), 0) AS served,
        max(iif(kind = 'access.depth',
            share(number, 1000000, digits.power), NULL)) AS depth
    FROM latest LEFT JOIN digits ON digits.scale = latest.number_scale
    WHERE latest.nth = 1
    GROUP BY "group"
),
deep AS MATERIALIZED (
    SELECT groups."group", groups.eligible, groups.served,
        coalesce(groups.depth,
            (SELECT depth FROM groups WHERE "group" = ''), 1000000) AS depth
    FROM groups
    WHERE groups.eligible IS NOT NULL
)
SELECT "group", eligible, served, served AS coverage_num,
    eligible AS coverage_den, depth,
    share(served, depth, 1) AS effective_num,
    share(eligible, 1000000, 1) AS effective_den
FROM deep
