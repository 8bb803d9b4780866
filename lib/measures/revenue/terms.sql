-- title: Terms that end, and whether they were renewed
-- version: 1
-- formula: a term is a positive revenue entry with an `end`, not reversed in
--   full; terms that end in the window (those of one customer, line and code that
--   end that day are one); renewed: another term of the same customer and line begins
--   no later than grace_days after the end and ends after it
-- source: REQUIREMENTS.md C-03; DEFINITIONS.md "late renewal"
-- requirements: C-03
-- parameter: grace_days int64 = 0 - how late a renewal may begin
-- column: party party key - whose
-- column: line text key - of which line; empty: of none
-- column: code text key - of which posting code
-- column: end_day day key - when it ends
-- column: amount money none - of the terms that end then
-- column: renewed int64 none - 1: it was, 0: it wasn't
-- drill: amount SELECT entry.id, entry.party, entry.amount AS part FROM entry
--   WHERE entry.book = 'revenue' AND entry.unit = :unit
--   AND entry.party = :party AND coalesce(entry.line, '') = :line
--   AND entry.code = :code AND entry."end" = :end_day AND entry.amount > 0
--   AND entry."end" > entry.day AND entry.amount + coalesce((SELECT
--   sum(other.amount) FROM entry AS other WHERE other.party = :party
--   AND other.book = 'revenue' AND other.ref = entry.id), 0) > 0;
WITH settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND ref IS NOT NULL
    GROUP BY ref
),
terms AS MATERIALIZED (
    SELECT entry.party, coalesce(entry.line, '') AS line, entry.code,
        entry.day, entry."end" AS end_day, entry.amount
    FROM entry LEFT JOIN settled ON settled.ref = entry.id
    WHERE entry.book = 'revenue' AND entry.unit = :unit
        AND entry.amount > 0 AND entry."end" > entry.day
        AND entry.party <> 1
        AND entry.amount + coalesce(settled.amount, 0) > 0
),
ends AS MATERIALIZED (
    SELECT party, line, code, end_day, sum(amount) AS amount FROM terms
    WHERE end_day >= :from AND end_day < :to
    GROUP BY party, line, code, end_day
)
SELECT ends.party, ends.line, ends.code, ends.end_day, ends.amount,
    max(terms.party IS NOT NULL) AS renewed
FROM ends LEFT JOIN terms
    ON terms.party = ends.party AND terms.line = ends.line
        AND terms.day <= ends.end_day + :grace_days
        AND terms.end_day > ends.end_day
GROUP BY ends.party, ends.line, ends.code, ends.end_day
