-- title: New customers, and how far they were earned
-- version: 1
-- uses: acquisition.newcomers
-- formula: new: v0 <= 0 in as many days before the window, v1 > 0 in it, and
--   never active before. revenue = v1, split by weights in parts per million:
--   by the source of acquisition.newcomers (referral and organic earned, paid
--   bought, others unknown), or where the channel's word or one above it says
--   earned_ppm and bought_ppm in its data, by those; the rest is unknown. What
--   is behind a part: the customer's entries in the order of their numbers,
--   each with what the part of the sum up to it grows by
-- source: DEFINITIONS.md "earned or bought"; REQUIREMENTS.md D-35
-- requirements: D-35
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: party party key - who is new
-- column: revenue money none - recognised in the window
-- column: earned money none - of it, by their weight
-- column: bought money none - of it
-- column: unknown money none - the rest
-- column: earned_ppm int64 none - weight in parts per million
-- column: bought_ppm int64 none - weight in parts per million
-- drill: revenue SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND book = 'revenue' AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: earned WITH steps AS (SELECT entry.id, entry.party,
--   :earned_ppm AS earned_ppm, :bought_ppm AS bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry WHERE party = :party AND book = 'revenue'
--   AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, share(so_far, earned_ppm, 1000000)
--   - share(so_far - step, earned_ppm, 1000000) AS part FROM steps;
-- drill: bought WITH steps AS (SELECT entry.id, entry.party,
--   :earned_ppm AS earned_ppm, :bought_ppm AS bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry WHERE party = :party AND book = 'revenue'
--   AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, share(so_far, bought_ppm, 1000000)
--   - share(so_far - step, bought_ppm, 1000000) AS part FROM steps;
-- drill: unknown WITH steps AS (SELECT entry.id, entry.party,
--   :earned_ppm AS earned_ppm, :bought_ppm AS bought_ppm,
--   recognised(amount, day, "end", :from, :to) AS step,
--   sum(recognised(amount, day, "end", :from, :to)) OVER (PARTITION BY
--   entry.party ORDER BY entry.id ROWS UNBOUNDED PRECEDING) AS so_far
--   FROM entry WHERE party = :party AND book = 'revenue'
--   AND unit = :unit
--   AND recognised(amount, day, "end", :from, :to) <> 0)
--   SELECT id, party, step - (share(so_far, earned_ppm, 1000000)
--   - share(so_far - step, earned_ppm, 1000000))
--   - (share(so_far, bought_ppm, 1000000)
--   - share(so_far - step, bought_ppm, 1000000)) AS part FROM steps;
WITH RECURSIVE both AS MATERIALIZED (
    SELECT party, min(iif(amount > 0, day, NULL)) AS first_day,
        sum(recognised(amount, day, "end", :from - (:to - :from), :from))
            AS v0,
        sum(recognised(amount, day, "end", :from, :to)) AS v1
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND party <> 1 AND day < :to
    GROUP BY party
),
came AS MATERIALIZED (
    SELECT party, v1, first_day FROM both WHERE v0 <= 0 AND v1 > 0
),
-- Periods as long as the window, back to the first day of whoever came and
-- may have been active before: they are few.
back (party, until, first_day) AS (
    SELECT party, :from - (:to - :from), first_day FROM came
    WHERE first_day < :from - (:to - :from)
    UNION ALL
    SELECT party, until - (:to - :from), first_day FROM back
    WHERE first_day < until - (:to - :from)
),
active AS MATERIALIZED (
    SELECT DISTINCT party FROM (
        SELECT back.party AS party
        FROM back JOIN entry ON entry.party = back.party
            AND entry.book = 'revenue' AND entry.unit = :unit
        GROUP BY back.party, back.until
        HAVING sum(recognised(entry.amount, entry.day, entry."end",
            back.until - (:to - :from), back.until)) > 0
    )
),
ways AS MATERIALIZED (
    SELECT came.party, came.v1, acquisition_newcomers.source,
        iif(acquisition_newcomers.source = 'referral', NULL,
            acquisition_newcomers.channel) AS channel
    FROM came
    LEFT JOIN acquisition_newcomers
        ON acquisition_newcomers.party = came.party
    WHERE came.party NOT IN (SELECT party FROM active)
),
weights AS MATERIALIZED (
    SELECT party, v1,
        coalesce(word_member('channel', channel, 'earned_ppm'),
            iif(source IN ('referral', 'organic'), 1000000, 0)) AS earned,
        coalesce(word_member('channel', channel, 'bought_ppm'),
            iif(source = 'paid', 1000000, 0)) AS bought
    FROM ways
)
SELECT party, v1 AS revenue, share(v1, earned, 1000000) AS earned,
    share(v1, bought, 1000000) AS bought,
    v1 - share(v1, earned, 1000000) - share(v1, bought, 1000000) AS unknown,
    earned AS earned_ppm, bought AS bought_ppm
FROM weights
