-- title: Complaints that were made good
-- version: 1
-- formula: items of the kind that are closed at the moment; recovered: the
--   last score that names the item (event's `item`) is that of a content
--   customer (voice.content), or, where no score names it, it went through
--   the state recovered
-- source: REQUIREMENTS.md A-07
-- requirements: A-07
-- window: none
-- uses: voice.content
-- parameter: case text = complaint - kind of item, and those below it
-- column: kind text key - of item
-- column: opened int64 sum - that came in
-- column: closed int64 sum - of them, closed
-- column: recovered ratio ratio - of the closed
-- column: scored int64 sum - closed ones that a score names
-- drill: opened SELECT item AS record, party FROM item_state(:case)
--   WHERE kind = :kind AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to);
-- drill: closed,recovered_den SELECT item AS record, party, state
--   FROM item_state(:case) WHERE kind = :kind
--   AND is_a('state', state, 'closed') AND (:from IS NULL OR day >= :from)
--   AND (:to IS NULL OR day < :to);
WITH cases AS MATERIALIZED (
    SELECT item, kind, instant, is_a('state', state, 'closed') AS closed
    FROM item_state(:case)
    WHERE (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to)
),
content AS MATERIALIZED (
    SELECT kind, from_score FROM voice_content
),
scores AS MATERIALIZED (
    SELECT event.item, scaled(event.number, event.number_scale, 6)
            >= content.from_score AS is_content,
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
),
judged AS MATERIALIZED (
    SELECT cases.kind, cases.closed, scores.item IS NOT NULL AS scored,
        coalesce(scores.is_content, through.item IS NOT NULL) AS recovered
    FROM cases
    LEFT JOIN scores ON scores.item = cases.item AND scores.nth = 1
    LEFT JOIN through ON through.item = cases.item
)
SELECT kind, count(*) AS opened, sum(closed) AS closed,
    sum(closed AND recovered) AS recovered_num, sum(closed) AS recovered_den,
    sum(closed AND scored) AS scored
FROM judged
GROUP BY kind
