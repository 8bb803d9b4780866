-- title: Follow-ups: what is to be done, by whom, until when
-- version: 1
-- formula: items of the kind (tasks: actions of meetings, follow-ups); open
--   while its flow lets it go on; done in the state done or one below it;
--   overdue: open, and due before the last day seen (without --as-of and
--   --to: the last day on which an item came in or moved)
-- source: REQUIREMENTS.md E-14, D-27
-- requirements: E-14 D-27
-- window: none
-- parameter: task text = task - kind of item, and those below it
-- column: item id key - which
-- column: kind text none - of item
-- column: about text none - its subject
-- column: party party none - the customer
-- column: owner party none - who does it
-- column: due day none - until and with this day
-- column: state text none - where it is
-- column: open int64 sum - 1 or 0
-- column: done int64 sum - 1 or 0
-- column: overdue int64 sum - 1 or 0
-- column: days_late int64 none - since it was due, while open
-- drill: open SELECT item AS record, party, open AS part
--   FROM item_state(:task) JOIN (SELECT :open AS open) WHERE item = :drill_id;
-- drill: done SELECT item AS record, party, done AS part
--   FROM item_state(:task) JOIN (SELECT :done AS done) WHERE item = :drill_id;
-- drill: overdue SELECT item AS record, party, overdue AS part
--   FROM item_state(:task) JOIN (SELECT :overdue AS overdue)
--   WHERE item = :drill_id;
WITH moment AS MATERIALIZED (
    SELECT iif(:as_of < day('9999-12-31'), :as_of, max(day, since)) AS day
    FROM (SELECT max(day) AS day, max(since) AS since FROM item_state)
),
tasks AS MATERIALIZED (
    SELECT item_state.item, item_state.kind, item.subject, item_state.party,
        item_state.owner, item_state.due, item_state.state,
        1 - item_state.final AS open,
        is_a('state', item_state.state, 'done') AS done,
        moment.day - item_state.due AS late
    FROM item_state(:task) CROSS JOIN moment
    JOIN item ON item.id = item_state.item
    WHERE (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
)
SELECT item, kind, subject AS about, party, owner, due, state, open, done,
    open = 1 AND coalesce(late, 0) > 0 AS overdue,
    iif(open = 1 AND late > 0, late, NULL) AS days_late, item AS drill_id
FROM tasks
