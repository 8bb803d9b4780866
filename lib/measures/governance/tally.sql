-- title: Votes and what they come to
-- version: 1
-- formula: tokens = what parties other than us hold of the unit of the rule
--   vote when the vote is opened (entries up to that day; a lot that has
--   ended by then is gone); a ballot weighs what its voter held; voted =
--   in_favour + against + abstained; turnout = voted / tokens; passed where
--   turnout reaches quorum_ppm of the rule and in_favour is more than half of
--   voted. Of parties that were merged after they voted, the first ballot
--   counts
-- source: REQUIREMENTS.md A-27
-- requirements: A-27
-- window: none
-- shards: no
-- column: vote id key - the item
-- column: subject text none - what it is about
-- column: opened day none - from when
-- column: closes day none - the last day of voting, where there is one
-- column: tokens int64 sum - all that are held
-- column: voters int64 sum - ballots
-- column: voted int64 sum - tokens of those who did
-- column: turnout ratio ratio - voted of tokens
-- column: in_favour int64 sum - tokens for it
-- column: against int64 sum - against it
-- column: abstained int64 sum - neither
-- column: yes_share ratio ratio - in_favour of voted
-- column: result text none - open, passed, failed, no quorum or cancelled
WITH votes AS MATERIALIZED (
    SELECT id, subject, day, due,
        (SELECT state FROM move WHERE move.item = item.id
            AND state IN ('closed', 'cancelled')
            ORDER BY instant DESC, id DESC LIMIT 1) AS ended
    FROM item
    WHERE is_a('item', kind, 'vote')
),
held AS MATERIALIZED (
    SELECT id, party, day, amount, ref, "end" AS ends
    FROM entry
    WHERE unit = (SELECT word_member('rule', 'vote', 'unit'))
        AND party <> 1
),
lots AS MATERIALIZED (
    SELECT held.party, held.day, held.amount,
        coalesce(earned.ends, held.ends) AS ends
    FROM held LEFT JOIN held AS earned ON earned.id = held.ref
),
weights AS MATERIALIZED (
    SELECT votes.id, lots.party, sum(lots.amount) AS tokens
    FROM votes JOIN lots ON lots.day <= votes.day
    WHERE lots.ends IS NULL OR lots.ends > votes.day
    GROUP BY votes.id, lots.party
    HAVING sum(lots.amount) > 0
),
totals AS MATERIALIZED (
    SELECT id, sum(tokens) AS tokens FROM weights GROUP BY id
),
ballots AS MATERIALIZED (
    SELECT item, party, word, row_number() OVER (
            PARTITION BY item, party ORDER BY instant, id) AS nth
    FROM event
    WHERE is_a('event', kind, 'ballot') AND item IS NOT NULL
),
counted AS MATERIALIZED (
    SELECT ballots.item AS id, count(*) AS voters,
        sum(weights.tokens) AS voted,
        coalesce(sum(iif(word = 'yes', weights.tokens, 0)), 0) AS in_favour,
        coalesce(sum(iif(word = 'no', weights.tokens, 0)), 0) AS against,
        coalesce(sum(iif(word = 'abstain', weights.tokens, 0)), 0)
            AS abstained
    FROM ballots LEFT JOIN weights
        ON weights.id = ballots.item AND weights.party = ballots.party
    WHERE ballots.nth = 1
    GROUP BY ballots.item
),
tallied AS MATERIALIZED (
    SELECT votes.id, votes.subject, votes.day, votes.due, votes.ended,
        coalesce(totals.tokens, 0) AS tokens,
        coalesce(counted.voters, 0) AS voters,
        coalesce(counted.voted, 0) AS voted,
        coalesce(counted.in_favour, 0) AS in_favour,
        coalesce(counted.against, 0) AS against,
        coalesce(counted.abstained, 0) AS abstained,
        coalesce(word_member('rule', 'vote', 'quorum_ppm', votes.day), 0)
            AS quorum
    FROM votes
    LEFT JOIN totals ON totals.id = votes.id
    LEFT JOIN counted ON counted.id = votes.id
)
SELECT id AS vote, subject, day AS opened, due AS closes, tokens, voters,
    voted, voted AS turnout_num, tokens AS turnout_den, in_favour, against,
    abstained,
    in_favour AS yes_share_num, voted AS yes_share_den,
    CASE
        WHEN ended = 'cancelled' THEN 'cancelled'
        WHEN ended IS NULL AND (due IS NULL OR due >= :as_of) THEN 'open'
        WHEN voted < share(tokens, quorum, 1000000)
                + (share_rest(tokens, quorum, 1000000) > 0)
            OR voted = 0 THEN 'no quorum'
        WHEN in_favour > voted - in_favour THEN 'passed'
        ELSE 'failed'
    END AS result
FROM tallied
