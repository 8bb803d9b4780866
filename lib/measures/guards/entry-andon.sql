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
),
lines AS MATERIALIZED (
    SELECT DISTINCT line FROM sales WHERE line IS NOT NULL
),
things AS MATERIALIZED (
    SELECT DISTINCT thing FROM pending_stop
),
named(thing, line, item) AS MATERIALIZED (
    SELECT things.thing, lines.line, NULL
    FROM lines JOIN things ON things.thing = lines.line
        OR is_a('line', lines.line, things.thing)
        -- a line, or the one above, that is first heard of here
        OR (substr(lines.line, 1, length(things.thing) + 1)
                = things.thing || '.'
            AND NOT (is_a('line', lines.line, lines.line)
                AND is_a('line', things.thing, things.thing)))
    UNION
    SELECT thing, NULL, id_of(thing) FROM things
    WHERE id_text(id_of(thing)) = thing
),
stopped AS MATERIALIZED (
    SELECT named.line, named.item, pending_stop.item AS pull,
        pending_stop.thing, pending_stop.since, pending_stop.until
    FROM named JOIN pending_stop ON pending_stop.thing = named.thing
),
hit AS MATERIALIZED (
    SELECT sales.row, stopped.thing, stopped.pull, stopped.since,
        stopped.until
    FROM sales JOIN stopped ON stopped.line = sales.line
    WHERE sales.instant >= stopped.since AND sales.instant < stopped.until
    UNION
    SELECT sales.row, stopped.thing, stopped.pull, stopped.since,
        stopped.until
    FROM sales JOIN stopped ON stopped.item = sales.item
    WHERE sales.instant >= stopped.since AND sales.instant < stopped.until
)
SELECT 'refuse' AS severity, 'entry-andon' AS code,
    'entry ' || row AS record,
    thing || ' is stopped since ' || instant_text(since)
        || ' by the andon pull ' || id_text(pull)
        || iif(until = 9223372036854775807, '',
            ' until ' || instant_text(until))
        || ': it is sold again once it is fixed and released' AS reason
FROM hit
ORDER BY row, pull
