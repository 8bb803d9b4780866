-- title: A ballot is cast once, while the vote is open
-- version: 1
-- formula: a ballot names an item of kind vote in `item`, says yes, no or
--   abstain in `word`, is dated from the opening to the last day (due), comes
--   before the vote is closed or cancelled, and is the party's only one; one
--   by a party that holds no token is warned about
-- source: REQUIREMENTS.md A-27
-- requirements: A-27
-- column: severity text none - refuse or warn
-- column: code text none - event-ballot
-- column: record text none - the event
-- column: reason text none - why it does not count
-- needs: word ballot of kind of event
WITH asked AS MATERIALIZED (
    SELECT row, party, day, instant, item, word
    FROM pending_event
    WHERE is_a('event', kind, 'ballot')
),
votes AS MATERIALIZED (
    SELECT id, kind, day, instant, due FROM item
    WHERE id IN (SELECT item FROM asked)
    UNION ALL
    SELECT id, kind, day, instant, due FROM pending_item
),
ended AS MATERIALIZED (
    SELECT item, min(instant) AS instant, min(day) AS day, 1 AS recorded
    FROM move
    WHERE state IN ('closed', 'cancelled')
        AND item IN (SELECT item FROM asked)
    GROUP BY item
    UNION ALL
    SELECT item, min(instant), min(day), 0
    FROM pending_move
    WHERE state IN ('closed', 'cancelled')
    GROUP BY item
),
cast_before AS MATERIALIZED (
    SELECT DISTINCT asked.row
    FROM (SELECT DISTINCT party FROM asked) AS who
    CROSS JOIN event ON event.party = who.party
    JOIN asked ON asked.party = event.party AND asked.item = event.item
    WHERE is_a('event', event.kind, 'ballot')
),
holds AS MATERIALIZED (
    SELECT asked.row, sum(entry.amount) AS tokens
    FROM asked JOIN votes ON votes.id = asked.item
    CROSS JOIN entry ON entry.party = asked.party
    WHERE entry.unit = word_member('rule', 'vote', 'unit')
        AND entry.day <= votes.day
    GROUP BY asked.row
),
judged AS MATERIALIZED (
    SELECT asked.row, asked.party, asked.item,
        CASE
            WHEN votes.id IS NULL OR NOT is_a('item', votes.kind, 'vote')
                THEN 'names no vote in `item`'
            WHEN asked.word IS NULL
                OR asked.word NOT IN ('yes', 'no', 'abstain')
                THEN 'says ' || coalesce(asked.word, 'nothing')
                    || ' in `word`, not yes, no or abstain'
            WHEN asked.instant < votes.instant
                THEN 'is dated before the vote was opened on '
                    || day_text(votes.day)
            WHEN EXISTS (SELECT 1 FROM ended
                WHERE ended.item = asked.item
                    AND (recorded OR ended.instant <= asked.instant))
                THEN 'comes after the vote was closed on ' || (
                    SELECT day_text(min(day)) FROM ended
                    WHERE ended.item = asked.item)
            WHEN asked.day > votes.due
                THEN 'is dated after the last day of the vote, '
                    || day_text(votes.due)
            WHEN asked.row IN (SELECT row FROM cast_before)
                OR EXISTS (SELECT 1 FROM asked AS earlier
                    WHERE earlier.item = asked.item
                        AND earlier.party = asked.party
                        AND earlier.row < asked.row)
                THEN 'is the second: a party has one'
        END AS wrong
    FROM asked LEFT JOIN votes ON votes.id = asked.item
)
SELECT iif(wrong IS NULL, 'warn', 'refuse') AS severity,
    'event-ballot' AS code, 'event ' || judged.row AS record,
    'the ballot of ' || coalesce(party_key(party), '#' || party) || ' '
        || coalesce(wrong, 'weighs nothing: no token is held') AS reason
FROM judged LEFT JOIN holds ON holds.row = judged.row
WHERE wrong IS NOT NULL OR coalesce(holds.tokens, 0) <= 0
ORDER BY judged.row
