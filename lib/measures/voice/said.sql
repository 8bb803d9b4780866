-- title: What was said, event by event
-- version: 1
-- formula: events of a kind and those below it, with the part that others of
--   this family sum them up by; score = the number, exact
-- source: REQUIREMENTS.md A-02
-- requirements: A-02 E-09
-- window: none
-- kept: no
-- parameter: kind text = feedback - kind of event, and those below it
-- parameter: by text = all - all, kind (for feedback: the channel), object,
--   month, quarter or year
-- column: event id key - which
-- column: party party none - whose
-- column: instant instant none - when
-- column: day day none - its civil day
-- column: kind text none - of event
-- column: object text none - about what
-- column: theme text none - its word
-- column: score decimal none 6 - its number
-- column: part text none - by what it is summed up
-- drill: score SELECT id AS record, party, :score AS part FROM event
--   WHERE id = :drill_id AND party = :party;
WITH kinds AS MATERIALIZED (
    SELECT w.code FROM word('event') AS w
    WHERE is_a('event', w.code, iif(is_a('event', :kind, :kind), :kind,
        fail('there is no kind of event ' || :kind)))
)
SELECT event.id AS event, event.party AS party, event.instant AS instant,
    event.day AS day, event.kind AS kind, event.object AS object,
    event.word AS theme,
    scaled(event.number, event.number_scale, 6) AS score,
    CASE :by WHEN 'all' THEN 'all' WHEN 'kind' THEN event.kind
        WHEN 'object' THEN coalesce(event.object, '')
        WHEN 'month' THEN event.month WHEN 'quarter' THEN event.quarter
        WHEN 'year' THEN event.year
        ELSE fail('by is all, kind, object, month, quarter or year, not '
            || :by) END AS part,
    event.id AS drill_id
FROM kinds CROSS JOIN event ON event.kind = kinds.code
WHERE (:from IS NULL OR event.day >= :from)
    AND (:to IS NULL OR event.day < :to)
