-- title: Consultations and what came of them
-- version: 1
-- formula: items of kind consultation and below (beta, idea-call,
--   member-meeting, public) that came in in the window (all, without one), by
--   kind: consulted: people were heard; decided; published: decision and
--   reasons were published (the move needs a reason); share = published /
--   consulted
-- source: REQUIREMENTS.md C-16
-- requirements: C-16
-- window: none
-- column: kind text key - of consultation
-- column: invited int64 sum - begun
-- column: consulted int64 sum - heard
-- column: decided int64 sum - decided
-- column: published int64 sum - with reasons
-- column: share ratio ratio - published / consulted
-- drill: invited SELECT id AS record, coalesce(party, owner, 1) AS party
--   FROM item WHERE kind = :kind AND (:from IS NULL OR (day >= :from AND
--   day < :to));
-- drill: consulted,share_den SELECT DISTINCT item.id AS record,
--   coalesce(item.party, item.owner, 1) AS party FROM item CROSS JOIN move
--   ON move.item = item.id WHERE item.kind = :kind AND move.state =
--   'consulted' AND (:from IS NULL OR (item.day >= :from AND item.day <
--   :to));
-- drill: decided SELECT DISTINCT item.id AS record, coalesce(item.party,
--   item.owner, 1) AS party FROM item CROSS JOIN move ON move.item =
--   item.id WHERE item.kind = :kind AND move.state = 'decided' AND (:from
--   IS NULL OR (item.day >= :from AND item.day < :to));
-- drill: published,share_num SELECT DISTINCT item.id AS record,
--   coalesce(item.party, item.owner, 1) AS party FROM item CROSS JOIN move
--   ON move.item = item.id WHERE item.kind = :kind AND move.state =
--   'published' AND move.reason IS NOT NULL AND (:from IS NULL OR (item.day
--   >= :from AND item.day < :to));
WITH items AS MATERIALIZED (
    SELECT item, kind FROM item_state('consultation')
    WHERE :from IS NULL OR (day >= :from AND day < :to)
),
reached AS MATERIALIZED (
    SELECT items.item, items.kind,
        max(move.state = 'consulted') AS consulted,
        max(move.state = 'decided') AS decided,
        max(move.state = 'published' AND move.reason IS NOT NULL)
            AS published
    FROM items LEFT JOIN move ON move.item = items.item
    GROUP BY items.item
)
SELECT kind, count(*) AS invited, coalesce(sum(consulted), 0) AS consulted,
    coalesce(sum(decided), 0) AS decided,
    coalesce(sum(published), 0) AS published,
    coalesce(sum(published), 0) AS share_num,
    coalesce(sum(consulted), 0) AS share_den
FROM reached
GROUP BY kind
