-- title: An entry is settled at most once
-- version: 1
-- formula: for an entry e that others refer to, e + sum of the entries with
--   ref = e lies between 0 and e; they have its party, book and unit. A code
--   whose last part is clawback may take a lot of points below 0
-- source: DEFINITIONS.md "Settlement: one rule"
-- requirements: A-19
-- column: severity text none - refuse
-- column: code text none - entry-reversal
-- column: record text none - the entry that refers
-- column: reason text none - what is open
-- needs: ref of entry
WITH pending AS MATERIALIZED (
    SELECT row, id, party, unit, book, code, amount, ref FROM pending_entry
),
asked AS MATERIALIZED (
    SELECT row, id, party, unit, book, code, amount, ref FROM pending
    WHERE ref IS NOT NULL
),
parties AS MATERIALIZED (
    SELECT DISTINCT party FROM asked
),
known AS MATERIALIZED (
    SELECT entry.id, entry.party, entry.unit, entry.book, entry.amount,
        entry.ref
    FROM parties CROSS JOIN entry ON entry.party = parties.party
    UNION ALL
    SELECT id, party, unit, book, amount, ref FROM pending
),
settled AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM known
    WHERE ref IN (SELECT ref FROM asked)
    GROUP BY ref
)
SELECT 'refuse' AS severity, 'entry-reversal' AS code,
    'entry ' || asked.row AS record,
    CASE
        WHEN known.id IS NULL THEN
            'there is no entry ' || id_text(asked.ref) || ' of '
                || coalesce(party_key(asked.party), '#' || asked.party)
        WHEN known.unit <> asked.unit THEN
            id_text(asked.ref) || ' is in ' || known.unit
                || ', what settles it in ' || asked.unit
        WHEN known.book <> asked.book THEN
            id_text(asked.ref) || ' is in the book ' || known.book
                || ', what settles it in ' || asked.book
        ELSE
            id_text(asked.ref) || ' has '
                || amount_text(known.amount, known.unit) || ' '
                || known.unit || '; with this the entries that settle it '
                || 'come to ' || amount_text(settled.amount, known.unit)
    END AS reason
FROM asked
LEFT JOIN known ON known.id = asked.ref AND known.party = asked.party
LEFT JOIN settled ON settled.ref = asked.ref
WHERE known.id IS NULL
    OR known.unit <> asked.unit
    OR known.book <> asked.book
    OR (known.amount >= 0 AND settled.amount > 0)
    OR (known.amount < 0 AND settled.amount < 0)
    OR (known.amount < 0 AND settled.amount + known.amount > 0)
    OR (known.amount >= 0 AND settled.amount + known.amount < 0
        AND NOT (known.book = 'points' AND asked.code LIKE '%clawback'))
ORDER BY asked.row
