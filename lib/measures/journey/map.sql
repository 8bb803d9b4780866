-- title: Map of a journey
-- version: 1
-- uses: journey.touchpoints
-- formula: score = mean of the scores recorded at the touchpoint (the kind
--   `score` and below, at it or at a variant below it); traffic = visits
--   there, where none is recorded the scores; valley = traffic x influence x
--   max(0, target - score), to a millionth. low is 1 where the score is the
--   lowest of its journey, deepest where the valley is the largest and not 0
-- source: DEFINITIONS.md "Scores and people" (experience valley);
--   REQUIREMENTS.md D-19
-- requirements: D-19 B-24
-- window: none
-- shards: no
-- parameter: score text = score.touchpoint - which kind of score
-- column: journey text key - which journey
-- column: place int64 key - order in it
-- column: touchpoint text key - the object
-- column: name text none - what it is called
-- column: stage text none - stage of the journey
-- column: owner text none - who answers for it
-- column: scores int64 sum - how many
-- column: score ratio ratio - their mean
-- column: target decimal none 6 - the score it should have
-- column: traffic int64 sum - visits, or scores
-- column: influence decimal none 3 - how much it weighs
-- column: valley decimal sum 6 - what is lost there
-- column: low int64 none - 1: the lowest score of the journey
-- column: deepest int64 none - 1: the deepest valley
WITH counted AS MATERIALIZED (
    SELECT object,
        count(iif(is_a('event', kind, :score), number, NULL)) AS scores,
        sum(CASE WHEN is_a('event', kind, :score)
            THEN scaled(number, number_scale, 6) END) AS total,
        count(iif(is_a('event', kind, 'visit'), 1, NULL)) AS visits
    FROM event
    WHERE object IS NOT NULL
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
    GROUP BY object
),
seen AS MATERIALIZED (
    SELECT CASE instr(substr(object, 12), '.') WHEN 0 THEN object
            ELSE substr(object, 1, 10 + instr(substr(object, 12), '.'))
        END AS touchpoint,
        sum(scores) AS scores, sum(total) AS total, sum(visits) AS visits
    FROM counted
    WHERE substr(object, 1, 11) = 'touchpoint.'
    GROUP BY 1
),
placed AS MATERIALIZED (
    SELECT journey, place, touchpoint, name, stage, owner, target, influence,
        coalesce(scores, 0) AS scores, total,
        iif(coalesce(visits, 0) > 0, visits, coalesce(scores, 0)) AS traffic,
        share(total, 1, scores) AS mean
    FROM journey_touchpoints LEFT JOIN seen USING (touchpoint)
),
deep AS MATERIALIZED (
    SELECT *, CASE WHEN scores > 0
            THEN share(traffic * influence, max(0, target - mean), 1000)
        END AS valley
    FROM placed
)
SELECT journey, place, touchpoint, name, stage, owner, scores,
    total AS score_num, scores * 1000000 AS score_den, target, traffic,
    influence, valley,
    scores > 0 AND mean = min(mean) OVER (PARTITION BY journey) AS low,
    coalesce(valley > 0
        AND valley = max(valley) OVER (PARTITION BY journey), 0) AS deepest
FROM deep
