-- title: The parts of an order sum to it
-- version: 1
-- formula: entries of code exchange.split and below of one item and unit sum
--   to 0: the order as a negative amount, its parts as positive ones
-- source: REQUIREMENTS.md B-10
-- requirements: B-10
-- column: severity text none - refuse
-- column: code text none - entry-split
-- column: record text none - the last part
-- column: reason text none - what is over or missing
-- needs: item of entry
WITH asked AS MATERIALIZED (
    SELECT row, party, item, unit, amount
    FROM pending_entry
    WHERE item IS NOT NULL AND is_a('code', code, 'exchange.split')
),
together AS MATERIALIZED (
    SELECT item, unit, amount
    FROM entry
    WHERE is_a('code', code, 'exchange.split')
        AND item IN (SELECT item FROM asked)
    UNION ALL
    SELECT item, unit, amount FROM asked
),
sums AS MATERIALIZED (
    SELECT item, unit, sum(amount) AS amount FROM together
    GROUP BY item, unit
)
SELECT 'refuse' AS severity, 'entry-split' AS code,
    'entry ' || max(asked.row) AS record,
    'the parts of ' || id_text(sums.item) || ' come to '
        || amount_text(abs(sums.amount), sums.unit) || ' ' || sums.unit
        || iif(sums.amount < 0, ' less', ' more') || ' than the order'
        AS reason
FROM sums JOIN asked ON asked.item = sums.item AND asked.unit = sums.unit
WHERE sums.amount <> 0
GROUP BY sums.item, sums.unit
ORDER BY max(asked.row)
