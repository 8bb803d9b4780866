-- title: Signals of the environment, one by one
-- version: 1
-- formula: events signal and below (in the window, if one is given); the
--   response is the first event answer and below about the same object at or
--   after it; in_time = within the days of the rule signal-response
-- source: REQUIREMENTS E-24
-- requirements: E-24
-- window: none
-- column: signal id key - the event
-- column: party party none - who saw it
-- column: object text none - what it is about
-- column: day day none - when it was seen
-- column: response day none - when it was answered
-- column: days int64 none - in between
-- column: in_time int64 sum - 1 or 0
WITH answers AS MATERIALIZED (
    SELECT object, instant, day FROM event
    WHERE is_a('event', kind, 'answer') AND object IS NOT NULL
),
signals AS MATERIALIZED (
    SELECT id, party, object, instant, day FROM event
    WHERE is_a('event', kind, 'signal')
        AND (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
rule AS MATERIALIZED (
    SELECT json_extract(word_data('rule', 'signal-response', :as_of),
        '$.days') AS days
),
matched AS MATERIALIZED (
    SELECT signals.id, signals.party, signals.object, signals.day,
        min(answers.day) AS response
    FROM signals LEFT JOIN answers ON answers.object = signals.object
        AND answers.instant >= signals.instant
    GROUP BY signals.id, signals.party, signals.object, signals.day
)
SELECT id AS signal, party, object, matched.day, response,
    response - matched.day AS days,
    coalesce(response - matched.day <= rule.days, 0) AS in_time
FROM matched CROSS JOIN rule
