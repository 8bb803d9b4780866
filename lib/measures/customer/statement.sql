-- title: Statement of a customer
-- version: 1
-- formula: every entry of every book of one party, by day and order of
--   recording; open = amount + sum of the entries whose ref it is; balance =
--   running sum of the amounts in the entry's book and unit
-- source: DEFINITIONS.md "Settlement: one rule"
-- requirements: A-19 A-20
-- window: none
-- units: all
-- parameter: party party - the customer's key
-- column: day day none - civil day of the entry
-- column: code text none - posting code
-- column: unit text none - unit of the amounts
-- column: amount money none row - minor units of the row's unit; shown with
--   the digits of the finest unit in the answer
-- column: line text none - product line
-- column: channel text none - channel
-- column: document text none - document number, nothing once erased
-- column: open money none row - what is not settled of it
-- column: balance money none row - of its book and unit, after it
-- drill: amount SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND id = :drill_id;
-- drill: open SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND (id = :drill_id OR ref = :drill_id);
-- drill: balance SELECT id, party, amount AS part FROM entry
--   WHERE party = :party AND book = :drill_book AND unit = :unit
--   AND (day < :day OR (day = :day AND id <= :drill_id));
WITH mine AS MATERIALIZED (
    SELECT id, day, code, book, unit, amount, line, channel, document, ref
    FROM entry
    WHERE party = :party
),
settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM mine
    WHERE ref IS NOT NULL
    GROUP BY ref
),
rows AS MATERIALIZED (
    SELECT mine.day, mine.code, mine.unit, mine.amount, mine.line,
        mine.channel, mine.document,
        mine.amount + coalesce(settled.amount, 0) AS open,
        sum(mine.amount) OVER (
            PARTITION BY mine.book, mine.unit
            ORDER BY mine.day, mine.id
            ROWS UNBOUNDED PRECEDING
        ) AS balance,
        mine.id AS drill_id,
        mine.book AS drill_book
    FROM mine LEFT JOIN settled ON settled.ref = mine.id
)
SELECT day, code, unit, amount, line, channel, document, open, balance,
    drill_id, drill_book
FROM rows
WHERE (:unit IS NULL OR unit = :unit)
    AND (:from IS NULL OR day >= :from)
    AND (:to IS NULL OR day < :to)
ORDER BY day, drill_id
