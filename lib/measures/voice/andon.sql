-- title: Andon pulls
-- version: 1
-- formula: an andon pull stops its thing from the move into a state of the
--   rule andon's `stopped` on, up to the next move into any other; seconds =
--   of all its stops, one that lasts counting up to the last moment seen (or
--   without --as-of and --to to the last move of any pull)
-- source: VOCABULARY.md "The customer-capital triangle" (andon)
-- requirements: D-26
-- window: none
-- column: pull id key - the item
-- column: thing text none - what it is about
-- column: puller party none - who pulled
-- column: pulled instant none - when
-- column: stopped instant none - since when first
-- column: fixed instant none - when first
-- column: released instant none - when last
-- column: releaser party none - who released it last
-- column: seconds int64 sum - it was stopped
-- column: state text none - where it is
-- column: reason text none - of the first move
-- drill: seconds SELECT move.id AS record, move.actor AS party,
--   move.state FROM move WHERE move.item = :drill_id;
WITH stops AS MATERIALIZED (
    SELECT state.code FROM word('state') AS state
    JOIN word('state') AS listed ON is_a('state', state.code, listed.code)
    WHERE instr(word_member('rule', 'andon', 'stopped'),
        '"' || listed.code || '"') > 0
),
pulls AS MATERIALIZED (
    SELECT item_state.item, item.subject, item_state.party,
        item_state.instant, item_state.day, item_state.state
    FROM item_state('andon') JOIN item ON item.id = item_state.item
    WHERE (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
),
moves AS MATERIALIZED (
    SELECT move.item, move.state, move.actor, move.instant, move.reason,
        move.state IN (SELECT code FROM stops) AS stopped,
        lead(move.instant) OVER (
            PARTITION BY move.item ORDER BY move.instant, move.id
        ) AS next,
        row_number() OVER (
            PARTITION BY move.item ORDER BY move.instant, move.id
        ) AS nth,
        row_number() OVER (
            PARTITION BY move.item, is_a('state', move.state, 'released')
            ORDER BY move.instant DESC, move.id DESC
        ) AS back
    FROM pulls JOIN move ON move.item = pulls.item
),
moment AS MATERIALIZED (
    SELECT coalesce(:now, max(instant)) AS now FROM moves
),
sums AS MATERIALIZED (
    SELECT item, min(iif(stopped, instant, NULL)) AS stopped,
        min(iif(is_a('state', state, 'fixed'), instant, NULL)) AS fixed,
        max(iif(is_a('state', state, 'released'), instant, NULL))
            AS released,
        max(iif(is_a('state', state, 'released') AND back = 1, actor, NULL))
            AS releaser,
        max(iif(nth = 1, actor, NULL)) AS first_actor,
        max(iif(nth = 1, reason, NULL)) AS reason,
        sum(iif(stopped, coalesce(next, (SELECT now FROM moment)) - instant,
            0)) AS time
    FROM moves
    GROUP BY item
)
SELECT pulls.item AS pull, pulls.subject AS thing,
    coalesce(pulls.party, sums.first_actor) AS puller,
    pulls.instant AS pulled, sums.stopped, sums.fixed, sums.released,
    sums.releaser, coalesce(sums.time, 0) / 1000000 AS seconds,
    pulls.state, sums.reason, pulls.item AS drill_id
FROM pulls LEFT JOIN sums ON sums.item = pulls.item
