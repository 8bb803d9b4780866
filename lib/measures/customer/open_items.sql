-- title: Open items in the order in which they are settled
-- version: 1
-- formula: entries that settle no other and aren't settled in full: open =
--   amount + what refers to them; points only before their `end`. The order is
--   the order of settling: earliest end first (due day, expiry), then as
--   recorded; without an end last
-- source: DEFINITIONS.md "Settlement: one rule"
-- requirements: A-19 D-13
-- window: none
-- units: all
-- parameter: book text? of points|receivable|hold - only this book: points,
--   receivable, hold
-- parameter: party party? - only this party's
-- parameter: number int64? - only this party's, by its number
-- column: rank int64 key - in this order
-- column: item id none - the entry
-- column: record int64 none - its number
-- column: party party none - whose
-- column: book text none - in which book
-- column: unit text none - of the amounts
-- column: day day none - when it was made
-- column: end day none - due, or gone
-- column: amount money none row - of the entry
-- column: open money none row - what is left of it
-- drill: amount SELECT id, party, amount AS part FROM entry
--   WHERE id = :record;
-- drill: open SELECT id, party, amount AS part FROM entry
--   WHERE party = :drill_party AND (id = :record OR ref = :record);
WITH items AS MATERIALIZED (
    SELECT id, party, book, unit, day, "end", amount
    FROM entry
    WHERE ref IS NULL AND party <> 1
        AND book IN ('points', 'receivable', 'hold')
        AND (:book IS NULL OR book = :book)
        AND (:party IS NULL OR party = :party)
        AND (:number IS NULL OR party = :number)
        AND (:unit IS NULL OR unit = :unit)
        AND (book <> 'points' OR "end" IS NULL OR "end" > :as_of)
),
settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE ref IS NOT NULL AND book IN ('points', 'receivable', 'hold')
        AND (:party IS NULL OR party = :party)
        AND (:number IS NULL OR party = :number)
    GROUP BY ref
),
open AS MATERIALIZED (
    SELECT items.*, items.amount + coalesce(settled.amount, 0) AS open
    FROM items LEFT JOIN settled ON settled.ref = items.id
    WHERE items.amount + coalesce(settled.amount, 0) <> 0
)
SELECT row_number() OVER (ORDER BY "end" IS NULL, "end", id) AS rank,
    id AS item, id AS record, party, book, unit, day, "end" AS "end",
    amount, open, party AS drill_party
FROM open
