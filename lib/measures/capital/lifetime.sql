-- title: Lifetime value of a relationship, by formula
-- version: 1
-- formula: margin m a year, retention r and discount rate d in parts per
--   million: value = m * r / (1 + d - r), without the first year's margin;
--   with_first = value + m. An estimate: for models fitted to behaviour see
--   customer.lifetime
-- source: S. Gupta, D. Lehmann, Managing Customers as Investments (2005),
--   ch. 2; REQUIREMENTS.md C-13 and (d) 17
-- requirements: C-13
-- window: none
-- parameter: margin int64 - minor units a year
-- parameter: retention_ppm int64 - 0 to 1000000
-- parameter: discount_ppm int64 = 100000 - a year
-- column: margin money none - m
-- column: value money none - half up, without the first year
-- column: with_first money none - with it
-- column: factor ratio none - r / (1 + d - r)
WITH terms AS MATERIALIZED (
    SELECT :margin AS margin, :retention_ppm AS r,
        1000000 + :discount_ppm - :retention_ppm AS below
    WHERE :retention_ppm BETWEEN 0 AND 1000000 AND :discount_ppm >= 0
        AND 1000000 + :discount_ppm > :retention_ppm
),
value AS MATERIALIZED (
    SELECT margin, r, below,
        share(margin, r, below)
            + sign(margin)
                * (2 * abs(share_rest(margin, r, below)) >= below) AS value
    FROM terms
)
SELECT margin, value, value + margin AS with_first, r AS factor_num,
    below AS factor_den
FROM value
