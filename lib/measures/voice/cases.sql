-- title: Complaints, and whether they were made good
-- version: 1
-- formula: items of the kind; closed: in the state closed, or one below it;
--   content: the last score since then that names the item (event's `item`)
--   is that of a content customer (voice.content); recovered: closed, and
--   content, or where no score names it, it went through the state recovered
-- source: REQUIREMENTS.md A-07
-- requirements: A-07
-- window: none
-- uses: voice.content
-- parameter: case text = complaint - kind of item, and those below it
-- column: item id key - which
-- column: kind text none - of item
-- column: about text none - its subject
-- column: party party none - whose
-- column: opened instant none - when
-- column: state text none - where it is
-- column: score decimal none 6 - the last that names it
-- column: closed int64 sum - 1 or 0
-- column: scored int64 sum - 1 or 0
-- column: recovered int64 sum - 1 or 0
-- drill: closed SELECT :drill_id AS record, :party AS party,
--   :closed AS part;
-- drill: scored SELECT :drill_id AS record, :party AS party,
--   :scored AS part;
-- drill: recovered SELECT :drill_id AS record, :party AS party,
--   :recovered AS part;
WITH cases AS MATERIALIZED (
    SELECT item_state.item, item_state.kind, item.subject, item_state.party,
        item_state.instant, item_state.state,
        is_a('state', item_state.state, 'closed') AS closed
    FROM item_state(:case) JOIN item ON item.id = item_state.item
    WHERE (:from IS NULL OR item_state.day >= :from)
        AND (:to IS NULL OR item_state.day < :to)
),
content AS MATERIALIZED (
    SELECT kind, from_score FROM voice_content
),
scores AS MATERIALIZED (
    SELECT event.item,
        scaled(event.number, event.number_scale, 6) AS score,
        content.from_score,
        row_number() OVER (
            PARTITION BY event.item ORDER BY event.instant DESC, event.id DESC
        ) AS nth
    FROM content CROSS JOIN event ON event.kind = content.kind
    JOIN cases ON cases.item = event.item
    WHERE event.instant >= cases.instant
),
through AS MATERIALIZED (
    SELECT DISTINCT cases.item FROM cases JOIN move
        ON move.item = cases.item
    WHERE is_a('state', move.state, 'recovered')
)
SELECT cases.item, cases.kind, cases.subject AS about, cases.party,
    cases.instant AS opened, cases.state, scores.score, cases.closed,
    cases.closed AND scores.item IS NOT NULL AS scored,
    cases.closed AND coalesce(scores.score >= scores.from_score,
        through.item IS NOT NULL) AS recovered,
    cases.item AS drill_id
FROM cases
LEFT JOIN scores ON scores.item = cases.item AND scores.nth = 1
LEFT JOIN through ON through.item = cases.item
