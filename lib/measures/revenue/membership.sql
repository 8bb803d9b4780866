-- title: Paid membership: fees beside the profit of goods
-- version: 1
-- formula: fees: recognised amounts of code revenue.membership; goods_profit:
--   the other revenue less entries of code cost.cogs; fee_share = fees /
--   (fees + goods_profit). members: with a fee in force at the end of the
--   window that was not given back in full (one without an end is for life);
--   free members pay no fee and do not count. Orders: positive revenue entries
--   of the window that are no fees
-- source: REQUIREMENTS.md D-23
-- requirements: C-05 D-23
-- basis: revenue (amounts recognised in the window, net of tax)
-- column: fees money sum - of memberships, recognised in the window
-- column: goods_profit money sum - other revenue less cost of goods
-- column: fee_share ratio ratio - fees, of fees and profit
-- column: members int64 sum - paying, at the window's end
-- column: repeat_members int64 sum - of them, with two orders and more
-- column: repeat_share ratio ratio - repeat_members of members
-- drill: fees,fee_share_num SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit
--   AND is_a('code', code, 'revenue.membership')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: goods_profit SELECT id, party, iif(book = 'revenue', 1, -1)
--   * recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE unit = :unit AND (is_a('code', code, 'cost.cogs') OR
--   (book = 'revenue' AND NOT is_a('code', code, 'revenue.membership')))
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: members,repeat_share_den SELECT DISTINCT party FROM entry
--   WHERE unit = :unit AND is_a('code', code, 'revenue.membership')
--   AND amount > 0 AND day < :to AND coalesce("end", :to) >= :to
--   AND id NOT IN (SELECT back.ref FROM entry AS back JOIN entry AS fee
--   ON fee.id = back.ref WHERE back.unit = :unit AND back.book =
--   'revenue' GROUP BY back.ref, fee.amount
--   HAVING sum(back.amount) + fee.amount <= 0);
-- drill: fee_share_den SELECT id, party, iif(book = 'revenue', 1, -1) *
--   recognised(amount, day, "end", :from, :to) AS part FROM entry WHERE unit
--   = :unit AND (book = 'revenue' OR is_a('code', code, 'cost.cogs')) AND
--   recognised(amount, day, "end", :from, :to) <> 0;
-- drill: repeat_members,repeat_share_num SELECT party FROM entry WHERE unit =
--   :unit AND book = 'revenue' AND amount > 0 AND ref IS NULL AND NOT
--   is_a('code', code, 'revenue.membership') AND day >= :from AND day < :to
--   AND party IN (SELECT party FROM entry WHERE unit = :unit AND is_a('code',
--   code, 'revenue.membership') AND amount > 0 AND day < :to AND
--   coalesce("end", :to) >= :to AND id NOT IN (SELECT back.ref FROM entry AS
--   back JOIN entry AS fee ON fee.id = back.ref WHERE back.unit = :unit AND
--   back.book = 'revenue' GROUP BY back.ref,
--   fee.amount HAVING sum(back.amount) + fee.amount <= 0))
--   GROUP BY party HAVING count(*) >= 2;
WITH sums AS MATERIALIZED (
    SELECT code, book, sum(recognised(amount, day, "end", :from, :to))
        AS amount
    FROM entry
    WHERE unit = :unit AND book IN ('revenue', 'cost')
    GROUP BY code
),
totals AS MATERIALIZED (
    SELECT coalesce(sum(iif(is_a('code', code, 'revenue.membership'),
            amount, 0)), 0) AS fees,
        coalesce(sum(iif(is_a('code', code, 'revenue.membership'), 0,
            iif(book = 'revenue', amount,
                iif(is_a('code', code, 'cost.cogs'), -amount, 0)))), 0)
            AS goods_profit
    FROM sums
),
given_back AS MATERIALIZED (
    SELECT ref, sum(amount) AS amount
    FROM entry
    WHERE unit = :unit AND book = 'revenue' AND ref IS NOT NULL
    GROUP BY ref
),
members AS MATERIALIZED (
    SELECT DISTINCT entry.party
    FROM entry LEFT JOIN given_back ON given_back.ref = entry.id
    WHERE entry.unit = :unit
        AND is_a('code', entry.code, 'revenue.membership')
        AND entry.amount > 0 AND entry.day < :to
        AND coalesce(entry."end", :to) >= :to
        AND entry.amount + coalesce(given_back.amount, 0) > 0
),
orders AS MATERIALIZED (
    SELECT party, count(*) AS orders
    FROM entry
    WHERE unit = :unit AND book = 'revenue' AND amount > 0 AND ref IS NULL
        AND NOT is_a('code', code, 'revenue.membership')
        AND day >= :from AND day < :to
        AND party IN (SELECT party FROM members)
    GROUP BY party
),
counts AS MATERIALIZED (
    SELECT (SELECT count(*) FROM members) AS members,
        (SELECT count(*) FROM orders WHERE orders >= 2) AS repeat_members
)
SELECT fees, goods_profit, fees AS fee_share_num,
    fees + goods_profit AS fee_share_den, members, repeat_members,
    repeat_members AS repeat_share_num, members AS repeat_share_den
FROM totals CROSS JOIN counts
