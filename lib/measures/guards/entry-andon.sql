-- title: Nothing stopped is sold
-- version: 1
-- formula: an entry of the book revenue, positive, that settles no other is
--   refused where an andon pull stops its line, a line above it, or its item,
--   at its instant: since the move into a state of the rule andon's `stopped`
--   up to, and without, the next move into any other. A pull names the thing
--   in `subject`: the code of a line, or the number of an item (@12.1)
-- source: VOCABULARY.md "The customer-capital triangle" (andon)
-- requirements: D-26
-- column: severity text none - refuse
-- column: code text none - entry-andon
-- column: record text none - the entry
-- column: reason text none - what is stopped, since when, by which pull
-- needs: stop of entry
WITH sales AS MATERIALIZED (
    SELECT row, instant, line, item
    FROM pending_entry
    WHERE book = 'revenue' AND amount > 0 AND ref IS NULL
        AND (line IS NOT NULL OR item IS NOT NULL)
)
SELECT 'refuse' AS severity, 'entry-andon' AS code,
    'entry ' || sales.row AS record,
    pending_stop.thing || ' is stopped since '
        || instant_text(pending_stop.since) || ' by the andon pull '
        || id_text(pending_stop.item)
        || iif(pending_stop.until = 9223372036854775807, '',
            ' until ' || instant_text(pending_stop.until))
        || ': it is sold again once it is fixed and released' AS reason
FROM sales JOIN pending_stop
    ON sales.instant >= pending_stop.since
        AND sales.instant < pending_stop.until
        AND (pending_stop.thing = sales.line
            OR is_a('line', sales.line, pending_stop.thing)
            OR pending_stop.thing = id_text(sales.item))
ORDER BY sales.row, pending_stop.item
