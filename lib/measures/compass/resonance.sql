-- title: Ratings of attitude and resonance
-- version: 1
-- formula: mean of the events score.attitude (in hiring) and score.resonance
--   (how the mission speaks to colleagues), in the window where one is given;
--   passed where it reaches the rule resonance
-- source: REQUIREMENTS.md D-18
-- requirements: D-18
-- window: none
-- column: kind text key - score.attitude or score.resonance
-- column: ratings int64 sum - how many
-- column: mean decimal none 6 - of them
-- column: passed int64 none - 1 or 0
-- drill: ratings SELECT id AS record, party FROM event WHERE kind = :kind
--   AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to);
WITH exact AS MATERIALIZED (
    SELECT kind, count(*) AS ratings,
        sum(share(number, 1000000, CASE number_scale WHEN 0 THEN 1
            WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000
            WHEN 4 THEN 10000 WHEN 5 THEN 100000 ELSE 1000000 END)) AS sum
    FROM event
    WHERE kind IN ('score.attitude', 'score.resonance')
        AND (:from IS NULL OR day >= :from)
        AND (:to IS NULL OR day < :to) AND number IS NOT NULL
    GROUP BY kind
)
SELECT kind, ratings, share(sum, 1, ratings) AS mean,
    sum >= word_member('rule', 'resonance', 'mean') * 1000000 * ratings
        AS passed
FROM exact
