-- title: Concentration of revenue
-- version: 1
-- formula: members: parties (or lines, channels; what has none is nobody's)
--   with a positive sum recognised in the window, of the book asked for; hhi =
--   10,000 * sum of squared shares, 4 digits, half up; top_share = the largest
--   members' share; absence = fewest members that together reach half of the
--   sum (absence factor); a negative sum of a member counts as nothing
-- source: Hirschman-Herfindahl index: U.S. Department of Justice, Merger
--   Guidelines (2023) 2.1; DEFINITIONS.md "Scores and people"
--   (concentration)
-- requirements: B-11 B-19
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- parameter: by text = party of party|line|channel - party, line or channel
-- parameter: book text = revenue of word:book - whose entries, such as cost for
--   suppliers
-- parameter: top int64 = 1 - how many members top_share counts
-- column: members int64 none - with a positive sum
-- column: amount money none - theirs
-- column: hhi decimal none 4 - 0 to 10,000
-- column: top_share ratio none - of the largest members
-- column: absence int64 none - members that reach half
-- column: largest text none - the largest member
-- drill: amount,top_share_den SELECT id, party, recognised(amount, day,
--   "end", :from, :to) AS part FROM entry WHERE book = :book
--   AND unit = :unit AND party <> 1
--   AND recognised(amount, day, "end", :from, :to) <> 0
--   AND (CASE :by WHEN 'line' THEN line WHEN 'channel' THEN channel
--   ELSE party END) IN (SELECT CASE :by WHEN 'line' THEN line
--   WHEN 'channel' THEN channel ELSE party END FROM entry
--   WHERE book = :book AND unit = :unit AND party <> 1 GROUP BY 1
--   HAVING sum(recognised(amount, day, "end", :from, :to)) > 0);
-- drill: top_share_num SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE book = :book AND unit = :unit
--   AND party <> 1 AND recognised(amount, day, "end", :from, :to) <> 0
--   AND (CASE :by WHEN 'line' THEN line WHEN 'channel' THEN channel
--   ELSE party END) IN (SELECT member FROM (SELECT CASE :by
--   WHEN 'line' THEN line WHEN 'channel' THEN channel ELSE party END
--   AS member, sum(recognised(amount, day, "end", :from, :to)) AS amount
--   FROM entry WHERE book = :book AND unit = :unit AND party <> 1 GROUP BY 1)
--   WHERE member IS NOT NULL AND amount > 0
--   ORDER BY amount DESC, member LIMIT :top);
WITH sums AS MATERIALIZED (
    SELECT party AS member,
        sum(recognised(amount, day, "end", :from, :to)) AS amount
    FROM entry
    WHERE :by = 'party' AND book = :book AND unit = :unit AND party <> 1
    GROUP BY party
    UNION ALL
    SELECT line, sum(recognised(amount, day, "end", :from, :to))
    FROM entry
    WHERE :by = 'line' AND book = :book AND unit = :unit AND party <> 1
        AND line IS NOT NULL
    GROUP BY line
    UNION ALL
    SELECT channel, sum(recognised(amount, day, "end", :from, :to))
    FROM entry
    WHERE :by = 'channel' AND book = :book AND unit = :unit AND party <> 1
        AND channel IS NOT NULL
    GROUP BY channel
),
ranked AS MATERIALIZED (
    SELECT member, amount,
        row_number() OVER (ORDER BY amount DESC, member) AS place,
        sum(amount) OVER (
            ORDER BY amount DESC, member ROWS UNBOUNDED PRECEDING
        ) AS reached,
        sum(amount) OVER () AS whole
    FROM sums
    WHERE amount > 0
)
SELECT count(*) AS members, coalesce(sum(amount), 0) AS amount,
    hhi(amount) AS hhi,
    coalesce(sum(iif(place <= :top, amount, 0)), 0) AS top_share_num,
    coalesce(max(whole), 0) AS top_share_den,
    min(iif(reached >= whole - reached, place, NULL)) AS absence,
    max(iif(place = 1, iif(:by = 'party', party_key(member), member), NULL))
        AS largest
FROM ranked
