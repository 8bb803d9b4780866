-- title: From which score on a customer is content
-- version: 1
-- formula: the rule content names the score for a kind; a kind without a
--   member of its own has that of the nearest kind above
-- source: DEFINITIONS.md "Scores and people" (CSAT: 4 of 5)
-- requirements: A-07 D-29
-- window: none
-- column: kind text key - kind of score
-- column: from_score decimal none 6 - content at this score and above
WITH RECURSIVE scores AS MATERIALIZED (
    SELECT code, parent FROM word('event') AS w
    WHERE is_a('event', w.code, 'score')
),
above(kind, code) AS (
    SELECT code, code FROM scores
    UNION ALL
    SELECT above.kind, scores.parent
    FROM above JOIN scores ON scores.code = above.code
    WHERE word_member('rule', 'content', above.code) IS NULL
        AND scores.parent IS NOT NULL
)
SELECT kind,
    decimal_of(word_member('rule', 'content', code), 6) AS from_score
FROM above
WHERE word_member('rule', 'content', code) IS NOT NULL
