-- title: Items and the state each is in
-- version: 1
-- formula: an item's state is that of its latest move by (instant, number);
--   before its first move it is, from its own day on, in the first state
--   that its flow lists under "start"; open: its flow lets it go on from
--   there; moves: how often it moved
-- source: VOCABULARY.md "Contributions"; DESIGN.md "The eleven records"
-- requirements: A-01 A-03
-- window: none
-- parameter: kind text? - only this kind of item and those below it
-- parameter: state text? - only items in this state
-- column: item id key - which
-- column: kind text none - its kind
-- column: flow text none - its flow
-- column: party party none - who brought it
-- column: owner party none - who answers for it
-- column: day day none - when it came in
-- column: due day none - when it is due
-- column: state text none - where it is
-- column: since day none - since when
-- column: actor party none - who moved it there
-- column: moves int64 none - how often it moved
-- column: open int64 none - 1: it can go on
-- drill: moves SELECT id AS record, coalesce(actor, 1) AS party FROM move
--   WHERE item = :drill_id;
-- drill: open SELECT id AS record, coalesce(party, 1) AS party FROM item
--   WHERE id = :drill_id AND :open = 1;
SELECT item, kind, flow, party, owner, day, due, state, since, actor, moves,
    1 - final AS open, item AS drill_id
FROM item_state(:kind)
WHERE :state IS NULL OR state = :state
