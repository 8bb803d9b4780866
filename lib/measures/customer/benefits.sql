-- title: Benefits of a member
-- version: 1
-- formula: for every role the party plays whose data (or that of a role above
--   it) has discount_ppm or points_ppm: price = amount - amount *
--   discount_ppm / 1,000,000, the discount half up; points = price *
--   points_ppm / 1,000,000 toward zero, of the price in minor units
-- source: REQUIREMENTS.md C-05
-- requirements: C-05
-- window: none
-- shards: no
-- parameter: party party - the member
-- parameter: amount int64 = 0 - a price, in minor units
-- column: role text key - that gives them
-- column: discount money none - off the price
-- column: price money none - to be paid
-- column: points int64 none - to be earned, a point a minor unit at 1000000
WITH plays AS MATERIALIZED (
    SELECT DISTINCT role, word_member('role', role, 'discount_ppm')
            AS discount, word_member('role', role, 'points_ppm') AS points
    FROM role
    WHERE party = :party AND (until IS NULL OR until > :as_of)
),
prices AS MATERIALIZED (
    SELECT role, points, share(:amount, coalesce(discount, 0), 1000000)
        + (2 * share_rest(:amount, coalesce(discount, 0), 1000000)
            >= 1000000) AS discount
    FROM plays
    WHERE discount IS NOT NULL OR points IS NOT NULL
)
SELECT role, discount, :amount - discount AS price,
    share(:amount - discount, coalesce(points, 0), 1000000) AS points
FROM prices
