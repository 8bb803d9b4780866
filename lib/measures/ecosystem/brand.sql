-- title: Brand awareness and reputation
-- version: 1
-- formula: over the latest answer of each party about each brand (object;
--   events brand.aware and brand.likes, 1 or 0; in the window, if one is
--   given): aware / asked; liked / aware, both of those who are aware
-- source: REQUIREMENTS E-13
-- requirements: E-13
-- window: none
-- column: brand text key - the object of the events
-- column: asked int64 none - parties asked whether they know it
-- column: aware ratio none - know it, of those asked
-- column: liked ratio none - like it, of those who know it
-- drill: asked,aware_den SELECT DISTINCT party FROM event
--   WHERE is_a('event', kind, 'brand.aware') AND number IS NOT NULL
--   AND coalesce(object, '') = :brand AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to);
-- drill: aware_num,liked_den SELECT party FROM (SELECT party, number,
--   row_number() OVER (PARTITION BY party ORDER BY instant DESC, id DESC)
--   AS nth FROM event WHERE is_a('event', kind, 'brand.aware')
--   AND number IS NOT NULL AND coalesce(object, '') = :brand
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to))
--   WHERE nth = 1 AND number > 0;
-- drill: liked_num SELECT party FROM (SELECT party, is_a('event', kind,
--   'brand.aware') AS about, number, row_number() OVER (PARTITION BY party,
--   is_a('event', kind, 'brand.aware') ORDER BY instant DESC, id DESC) AS nth
--   FROM event WHERE (is_a('event', kind, 'brand.aware')
--   OR is_a('event', kind, 'brand.likes')) AND number IS NOT NULL
--   AND coalesce(object, '') = :brand AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to)) WHERE nth = 1 AND number > 0
--   GROUP BY party HAVING count(*) = 2;
WITH answers AS MATERIALIZED (
    SELECT coalesce(object, '') AS brand, party,
        is_a('event', kind, 'brand.aware') AS about, number > 0 AS yes,
        row_number() OVER (
            PARTITION BY coalesce(object, ''), party,
                is_a('event', kind, 'brand.aware')
            ORDER BY instant DESC, id DESC
        ) AS nth
    FROM event
    WHERE (is_a('event', kind, 'brand.aware')
            OR is_a('event', kind, 'brand.likes'))
        AND number IS NOT NULL
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
people AS MATERIALIZED (
    SELECT brand, party, max(iif(about, yes, NULL)) AS aware,
        max(iif(about, NULL, yes)) AS likes
    FROM answers
    WHERE nth = 1
    GROUP BY brand, party
)
SELECT brand, count(aware) AS asked,
    sum(coalesce(aware, 0)) AS aware_num, count(aware) AS aware_den,
    sum(coalesce(aware AND likes, 0)) AS liked_num,
    sum(coalesce(aware, 0)) AS liked_den
FROM people
GROUP BY brand
