-- title: Replies to what customers asked for
-- version: 1
-- formula: items of kind reply by their last state: granted, said-no (with
--   the approvers it took), open; approvers = different actors of the moves
--   no-approved
-- source: REQUIREMENTS.md D-17
-- requirements: D-17
-- window: none
-- shards: yes
-- column: item id key - the wish
-- column: party party none - whose
-- column: day day none - when it was asked
-- column: subject text none - what for
-- column: state text none - the last one
-- column: approvers int64 none - who approved a no
-- column: alternative text none - what was offered instead
WITH moves AS MATERIALIZED (
    SELECT item, state, actor, reason, row_number() OVER (
            PARTITION BY item ORDER BY instant DESC, id DESC) AS nth
    FROM move
)
SELECT item.id AS item, item.party, item.day, item.subject,
    coalesce(last.state, 'asked') AS state,
    (SELECT count(DISTINCT actor) FROM moves
        WHERE moves.item = item.id AND moves.state = 'no-approved')
        AS approvers,
    iif(last.state = 'said-no', last.reason, NULL) AS alternative
FROM item LEFT JOIN moves AS last ON last.item = item.id AND last.nth = 1
WHERE is_a('item', item.kind, 'reply')
    AND (:from IS NULL OR item.day >= :from)
    AND (:to IS NULL OR item.day < :to)
