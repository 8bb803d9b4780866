-- title: Holds
-- version: 1
-- formula: a hold is an entry of the book hold that settles no other; what
--   refers to it captures (hold.capture) or releases (any other, such as
--   hold.release) a part: open = amount - captured - released, always
-- source: DEFINITIONS.md "Settlement: one rule" (holds)
-- requirements: A-20
-- window: none
-- units: all
-- column: hold id key - the entry
-- column: party party none - on whom
-- column: unit text none - of the amounts
-- column: day day none - since when
-- column: end day none - until when it is meant to last
-- column: amount money none row - what was held
-- column: captured money none row - taken
-- column: released money none row - given back
-- column: open money none row - still held
-- drill: amount SELECT id, party, amount AS part FROM entry
--   WHERE id = :drill_id;
-- drill: captured SELECT id, party, -amount AS part FROM entry
--   WHERE ref = :drill_id AND is_a('code', code, 'hold.capture');
-- drill: released SELECT id, party, -amount AS part FROM entry
--   WHERE ref = :drill_id AND NOT is_a('code', code, 'hold.capture');
-- drill: open SELECT id, party, amount AS part FROM entry
--   WHERE id = :drill_id OR ref = :drill_id;
WITH uses AS MATERIALIZED (
    SELECT ref,
        -sum(iif(is_a('code', code, 'hold.capture'), amount, 0)) AS captured,
        -sum(iif(is_a('code', code, 'hold.capture'), 0, amount)) AS released
    FROM entry
    WHERE book = 'hold' AND ref IS NOT NULL
    GROUP BY ref
)
SELECT entry.id AS hold, entry.party, entry.unit, entry.day,
    entry."end" AS "end", entry.amount,
    coalesce(uses.captured, 0) AS captured,
    coalesce(uses.released, 0) AS released,
    entry.amount - coalesce(uses.captured, 0) - coalesce(uses.released, 0)
        AS open,
    entry.id AS drill_id
FROM entry LEFT JOIN uses ON uses.ref = entry.id
WHERE entry.book = 'hold' AND entry.ref IS NULL
