-- title: Renewal of terms
-- version: 1
-- formula: a term is a positive revenue entry with an `end`, not reversed in
--   full; due: terms that end in the period (the last of a customer, line and
--   code that ends that day); renewed: another term of the same customer and
--   line begins no later than grace_days after the end and ends after it
-- source: REQUIREMENTS.md C-03; DEFINITIONS.md "late renewal"
-- requirements: C-03
-- parameter: grace_days int64 = 0 - how late a renewal may begin
-- column: period text key - in which terms end
-- column: due int64 sum - terms that end
-- column: renewed int64 sum - of them, renewed
-- column: renewal ratio ratio - renewed of due
-- drill: due,renewal_den WITH settled AS MATERIALIZED (SELECT ref, sum(amount)
--   AS amount FROM entry WHERE book = 'revenue' AND unit = :unit AND ref IS
--   NOT NULL GROUP BY ref), terms AS MATERIALIZED (SELECT entry.party,
--   coalesce(entry.line, '') AS line, entry.code, entry.day, entry."end" AS
--   end_day FROM entry LEFT JOIN settled ON settled.ref = entry.id WHERE
--   entry.book = 'revenue' AND entry.unit = :unit AND entry.amount > 0 AND
--   entry."end" > entry.day AND entry.party <> 1 AND entry.amount +
--   coalesce(settled.amount, 0) > 0), ends AS MATERIALIZED (SELECT DISTINCT
--   party, line, code, end_day FROM terms JOIN calendar ON calendar.period =
--   :period AND end_day >= calendar.first_day AND end_day < calendar.next_day)
--   SELECT party, count(*) AS part FROM ends GROUP BY party;
-- drill: renewed,renewal_num WITH settled AS MATERIALIZED (SELECT ref,
--   sum(amount) AS amount FROM entry WHERE book = 'revenue' AND unit = :unit
--   AND ref IS NOT NULL GROUP BY ref), terms AS MATERIALIZED (SELECT
--   entry.party, coalesce(entry.line, '') AS line, entry.code, entry.day,
--   entry."end" AS end_day FROM entry LEFT JOIN settled ON settled.ref =
--   entry.id WHERE entry.book = 'revenue' AND entry.unit = :unit AND
--   entry.amount > 0 AND entry."end" > entry.day AND entry.party <> 1 AND
--   entry.amount + coalesce(settled.amount, 0) > 0), ends AS MATERIALIZED
--   (SELECT DISTINCT party, line, code, end_day FROM terms JOIN calendar ON
--   calendar.period = :period AND end_day >= calendar.first_day AND end_day <
--   calendar.next_day) SELECT party, count(*) AS part FROM ends WHERE EXISTS
--   (SELECT 1 FROM terms WHERE terms.party = ends.party AND terms.line =
--   ends.line AND terms.day <= ends.end_day + :grace_days AND terms.end_day >
--   ends.end_day) GROUP BY party;
WITH settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND ref IS NOT NULL
    GROUP BY ref
),
terms AS MATERIALIZED (
    SELECT entry.party, coalesce(entry.line, '') AS line, entry.code,
        entry.day, entry."end" AS end_day
    FROM entry LEFT JOIN settled ON settled.ref = entry.id
    WHERE entry.book = 'revenue' AND entry.unit = :unit
        AND entry.amount > 0 AND entry."end" > entry.day
        AND entry.party <> 1
        AND entry.amount + coalesce(settled.amount, 0) > 0
),
ends AS MATERIALIZED (
    SELECT party, line, code, end_day FROM terms
    WHERE end_day >= :from AND end_day < :to
    GROUP BY party, line, code, end_day
),
outcomes AS MATERIALIZED (
    SELECT ends.party, ends.line, ends.end_day,
        max(terms.party IS NOT NULL) AS renewed
    FROM ends LEFT JOIN terms
        ON terms.party = ends.party AND terms.line = ends.line
            AND terms.day <= ends.end_day + :grace_days
            AND terms.end_day > ends.end_day
    GROUP BY ends.party, ends.line, ends.code, ends.end_day
)
SELECT calendar.period, count(outcomes.party) AS due,
    coalesce(sum(outcomes.renewed), 0) AS renewed,
    coalesce(sum(outcomes.renewed), 0) AS renewal_num,
    count(outcomes.party) AS renewal_den
FROM calendar LEFT JOIN outcomes
    ON outcomes.end_day >= calendar.first_day
        AND outcomes.end_day < calendar.next_day
GROUP BY calendar.period
