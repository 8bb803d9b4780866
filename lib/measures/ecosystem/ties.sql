-- title: Ties between parties
-- version: 1
-- formula: relations in force, each kind by itself, merges followed, ties to
--   oneself left out; kinds = how many kinds there are from the one to the
--   other: parallel ones are kept
-- source: REQUIREMENTS E-01
-- requirements: E-01
-- window: none
-- parameter: type text? - only this type and those below it
-- column: party party key - from whom
-- column: other party key - to whom
-- column: type text key - what kind
-- column: since day min - from when
-- column: kinds int64 none - of kinds between the two
WITH ties AS MATERIALIZED (
    SELECT party, other, type, min(day) AS since
    FROM relation
    WHERE party <> other AND (until IS NULL OR until > :as_of)
        AND (:type IS NULL OR is_a('relation', type, :type))
    GROUP BY party, other, type
)
SELECT party, other, type, since,
    count(*) OVER (PARTITION BY party, other) AS kinds
FROM ties
