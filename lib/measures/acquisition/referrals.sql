-- title: The referral forest
-- version: 1
-- uses: acquisition.newcomers
-- formula: a tree a referrer, of newcomers of the window (their referrer as
--   in acquisition.newcomers): direct, and all below; revenue: recognised in
--   the window; reward: what of the referrer's entries of code cost.rewards
--   falls into the window. revenue is a memo: it is in the newcomers' own revenue already
-- source: DEFINITIONS.md "Scores and people" (referral), "Per-customer value
--   account"
-- requirements: A-05 B-12
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: party party key - the referrer
-- column: direct int64 none - newcomers referred by it
-- column: descendants int64 none - by it, or by one it brought
-- column: depth int64 none - generations below it
-- column: revenue money none - of the direct newcomers
-- column: descendant_revenue money none - of all below it
-- column: reward money none - what it got for it
-- drill: direct SELECT party FROM acquisition_newcomers
--   WHERE referrer = :party;
-- drill: revenue SELECT entry.id, entry.party,
--   recognised(entry.amount, entry.day, entry."end", :from, :to) AS part
--   FROM entry WHERE entry.book = 'revenue' AND entry.unit = :unit
--   AND recognised(entry.amount, entry.day, entry."end", :from, :to) <> 0
--   AND entry.party IN (SELECT party FROM acquisition_newcomers
--   WHERE referrer = :party);
-- drill: descendants WITH RECURSIVE below(party) AS (
--   SELECT party FROM acquisition_newcomers WHERE referrer = :party
--   UNION SELECT acquisition_newcomers.party FROM below
--   JOIN acquisition_newcomers
--   ON acquisition_newcomers.referrer = below.party)
--   SELECT party FROM below;
-- drill: descendant_revenue WITH RECURSIVE below(party) AS (
--   SELECT party FROM acquisition_newcomers WHERE referrer = :party
--   UNION SELECT acquisition_newcomers.party FROM below
--   JOIN acquisition_newcomers
--   ON acquisition_newcomers.referrer = below.party)
--   SELECT entry.id, entry.party,
--   recognised(entry.amount, entry.day, entry."end", :from, :to) AS part
--   FROM entry WHERE entry.book = 'revenue' AND entry.unit = :unit
--   AND recognised(entry.amount, entry.day, entry."end", :from, :to) <> 0
--   AND entry.party IN (SELECT party FROM below);
-- drill: reward SELECT id, party, recognised(amount, day, "end", :from, :to)
--   AS part FROM entry WHERE party = :party AND unit = :unit
--   AND is_a('code', code, 'cost.rewards')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
WITH RECURSIVE tree AS MATERIALIZED (
    SELECT party, referrer, revenue
    FROM acquisition_newcomers
    WHERE referrer IS NOT NULL
),
below(ancestor, party, generation, revenue) AS (
    SELECT referrer, party, 1, revenue FROM tree
    UNION ALL
    SELECT below.ancestor, tree.party, below.generation + 1, tree.revenue
    FROM below JOIN tree ON tree.referrer = below.party
),
rewards AS MATERIALIZED (
    SELECT party, sum(recognised(amount, day, "end", :from, :to)) AS reward
    FROM entry
    WHERE book = 'cost' AND unit = :unit AND day < :to
        AND is_a('code', code, 'cost.rewards')
    GROUP BY party
)
SELECT below.ancestor AS party,
    sum(below.generation = 1) AS direct,
    count(*) AS descendants, max(below.generation) AS depth,
    sum(iif(below.generation = 1, below.revenue, 0)) AS revenue,
    sum(below.revenue) AS descendant_revenue,
    coalesce(rewards.reward, 0) AS reward
FROM below LEFT JOIN rewards ON rewards.party = below.ancestor
GROUP BY below.ancestor
