-- title: Outside-in test: need it, like it, recommend it
-- version: 1
-- formula: events test.need, test.like and test.recommend (in the window, where
--   one is given) by object: each customer's last answer (1 yes, 0 no); passed
--   where every one of the three was asked and reaches the rule outside-in
-- source: REQUIREMENTS.md D-30
-- requirements: D-30
-- window: none
-- column: object text key - what was tested
-- column: need ratio ratio - that said yes
-- column: like ratio ratio - that said yes
-- column: recommend ratio ratio - that said yes
-- column: passed int64 none - 1 or 0
-- drill: need_den SELECT DISTINCT party FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.need'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: need_num SELECT party FROM (SELECT party, number,
--   row_number() OVER (PARTITION BY party ORDER BY instant DESC, id DESC)
--   AS back FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.need'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to))
--   WHERE back = 1 AND number > 0;
-- drill: like_den SELECT DISTINCT party FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.like'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: like_num SELECT party FROM (SELECT party, number,
--   row_number() OVER (PARTITION BY party ORDER BY instant DESC, id DESC)
--   AS back FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.like'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to))
--   WHERE back = 1 AND number > 0;
-- drill: recommend_den SELECT DISTINCT party FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.recommend'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to);
-- drill: recommend_num SELECT party FROM (SELECT party, number,
--   row_number() OVER (PARTITION BY party ORDER BY instant DESC, id DESC)
--   AS back FROM event
--   WHERE coalesce(object, '') = :object AND kind = 'test.recommend'
--   AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to))
--   WHERE back = 1 AND number > 0;
WITH answers AS MATERIALIZED (
    SELECT coalesce(object, '') AS object, party, kind, number > 0 AS yes,
        row_number() OVER (PARTITION BY object, party, kind
            ORDER BY instant DESC, id DESC) AS back
    FROM event
    WHERE kind IN ('test.need', 'test.like', 'test.recommend')
        AND (:from IS NULL OR day >= :from)
        AND (:to IS NULL OR day < :to)
),
counts AS MATERIALIZED (
    SELECT object,
        sum(kind = 'test.need') AS need_den,
        sum(kind = 'test.need' AND yes) AS need_num,
        sum(kind = 'test.like') AS like_den,
        sum(kind = 'test.like' AND yes) AS like_num,
        sum(kind = 'test.recommend') AS recommend_den,
        sum(kind = 'test.recommend' AND yes) AS recommend_num
    FROM answers WHERE back = 1 GROUP BY object
)
SELECT object, need_num, need_den, like_num, like_den, recommend_num,
    recommend_den,
    need_den > 0 AND like_den > 0 AND recommend_den > 0
        AND need_num * 1000000 >= cut * need_den
        AND like_num * 1000000 >= cut * like_den
        AND recommend_num * 1000000 >= cut * recommend_den AS passed
FROM counts
CROSS JOIN (SELECT word_member('rule', 'outside-in', 'share_ppm') AS cut)
