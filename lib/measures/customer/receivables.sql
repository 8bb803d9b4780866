-- title: Receivables by age
-- version: 1
-- formula: open items: entries of the book receivable that settle no other,
--   open = amount + what refers to them, as of the moment; aged by `end`, the
--   due day, which is exclusive: current (before that day, or without one), on
--   it 1 day past due; days past due 1-30, 31-60, 61-90, over 90; balance = the sum of all the party's receivable
--   entries, which the ages add up to
-- source: DEFINITIONS.md "Settlement: one rule" (receivables)
-- requirements: D-13
-- window: none
-- column: party party key - who owes
-- column: current money sum - not due
-- column: days_30 money sum - 1 to 30 days past due
-- column: days_60 money sum - 31 to 60
-- column: days_90 money sum - 61 to 90
-- column: older money sum - more than 90
-- column: balance money sum - all that is owed
-- drill: balance SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = 'receivable' AND unit = :unit;
-- drill: current SELECT id, party, amount AS part FROM entry WHERE party =
--   :party AND book = 'receivable' AND unit = :unit AND coalesce(ref, id) IN
--   (SELECT id FROM entry WHERE party = :party AND book = 'receivable' AND
--   unit = :unit AND ref IS NULL AND coalesce(:as_of - "end" + 1, 0) <= 0);
-- drill: days_30 SELECT id, party, amount AS part FROM entry WHERE party =
--   :party AND book = 'receivable' AND unit = :unit AND coalesce(ref, id) IN
--   (SELECT id FROM entry WHERE party = :party AND book = 'receivable' AND
--   unit = :unit AND ref IS NULL AND coalesce(:as_of - "end" + 1, 0) BETWEEN
--   1 AND 30);
-- drill: days_60 SELECT id, party, amount AS part FROM entry WHERE party =
--   :party AND book = 'receivable' AND unit = :unit AND coalesce(ref, id) IN
--   (SELECT id FROM entry WHERE party = :party AND book = 'receivable' AND
--   unit = :unit AND ref IS NULL AND coalesce(:as_of - "end" + 1, 0) BETWEEN
--   31 AND 60);
-- drill: days_90 SELECT id, party, amount AS part FROM entry WHERE party =
--   :party AND book = 'receivable' AND unit = :unit AND coalesce(ref, id) IN
--   (SELECT id FROM entry WHERE party = :party AND book = 'receivable' AND
--   unit = :unit AND ref IS NULL AND coalesce(:as_of - "end" + 1, 0) BETWEEN
--   61 AND 90);
-- drill: older SELECT id, party, amount AS part FROM entry WHERE party =
--   :party AND book = 'receivable' AND unit = :unit AND coalesce(ref, id) IN
--   (SELECT id FROM entry WHERE party = :party AND book = 'receivable' AND
--   unit = :unit AND ref IS NULL AND coalesce(:as_of - "end" + 1, 0) > 90);
WITH settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE book = 'receivable' AND unit = :unit AND ref IS NOT NULL
    GROUP BY ref
),
items AS MATERIALIZED (
    SELECT entry.party,
        entry.amount + coalesce(settled.amount, 0) AS open,
        coalesce(:as_of - entry."end" + 1, 0) AS late
    FROM entry LEFT JOIN settled ON settled.ref = entry.id
    WHERE entry.book = 'receivable' AND entry.unit = :unit
        AND entry.ref IS NULL AND entry.party <> 1
)
SELECT party, sum(iif(late <= 0, open, 0)) AS current,
    sum(iif(late BETWEEN 1 AND 30, open, 0)) AS days_30,
    sum(iif(late BETWEEN 31 AND 60, open, 0)) AS days_60,
    sum(iif(late BETWEEN 61 AND 90, open, 0)) AS days_90,
    sum(iif(late > 90, open, 0)) AS older, sum(open) AS balance
FROM items
GROUP BY party
HAVING sum(open) <> 0 OR max(open <> 0)
