-- title: Responses to campaigns, by segment
-- version: 1
-- uses: customer.segment
-- formula: by object of events `message` and `ask` (and below) in the window
--   (all, without one), and by segment of who got them: sent: distinct
--   parties; responses: of them, those with an event `answer` about the same
--   object at or after the first of these; share = responses / sent. Who is
--   in no segment is in (none)
-- source: REQUIREMENTS.md E-08
-- requirements: E-08
-- window: none
-- column: campaign text key - object
-- column: segment text key - as of the moment
-- column: sent int64 sum - parties that got it
-- column: responses int64 sum - that answered
-- column: share ratio ratio - responses / sent
-- drill: sent,share_den SELECT DISTINCT event.party FROM event LEFT JOIN
--   customer_segment ON customer_segment.party = event.party WHERE
--   (is_a('event', event.kind, 'message') OR is_a('event', event.kind,
--   'ask')) AND event.object = :campaign AND event.party <> 1 AND
--   coalesce(customer_segment.segment, '(none)') = :segment AND (:from IS
--   NULL OR (event.day >= :from AND event.day < :to));
-- drill: responses,share_num SELECT DISTINCT event.party FROM event JOIN
--   (SELECT party, min(instant) AS instant FROM event WHERE (is_a('event',
--   kind, 'message') OR is_a('event', kind, 'ask')) AND object = :campaign
--   AND (:from IS NULL OR (day >= :from AND day < :to)) GROUP BY party) AS
--   sent ON sent.party = event.party LEFT JOIN customer_segment ON
--   customer_segment.party = event.party WHERE is_a('event', event.kind,
--   'answer') AND event.object = :campaign AND event.instant >=
--   sent.instant AND event.party <> 1 AND
--   coalesce(customer_segment.segment, '(none)') = :segment;
WITH sent AS MATERIALIZED (
    SELECT object, party, min(instant) AS instant FROM event
    WHERE (is_a('event', kind, 'message') OR is_a('event', kind, 'ask'))
        AND object IS NOT NULL AND party <> 1
        AND (:from IS NULL OR (day >= :from AND day < :to))
    GROUP BY object, party
),
answers AS MATERIALIZED (
    SELECT object, party, max(instant) AS instant FROM event
    WHERE is_a('event', kind, 'answer') AND object IS NOT NULL
    GROUP BY object, party
),
judged AS MATERIALIZED (
    SELECT sent.object, sent.party, answers.instant >= sent.instant AS answered
    FROM sent LEFT JOIN answers
        ON answers.object = sent.object AND answers.party = sent.party
)
SELECT judged.object AS campaign,
    coalesce(customer_segment.segment, '(none)') AS segment,
    count(*) AS sent, coalesce(sum(judged.answered), 0) AS responses,
    coalesce(sum(judged.answered), 0) AS share_num, count(*) AS share_den
FROM judged
LEFT JOIN customer_segment ON customer_segment.party = judged.party
GROUP BY judged.object, coalesce(customer_segment.segment, '(none)')
