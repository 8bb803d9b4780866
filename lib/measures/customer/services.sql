-- title: Use across services
-- version: 1
-- formula: users: customers with a positive revenue entry of a product line
--   in the window (one without a line names no service); uses: pairs of user and product line; mean = uses / users; multi: users
--   of two lines and more; complete: users of every line of the list `all`
--   (commas between, no blanks)
-- source: REQUIREMENTS.md E-15 E-17
-- requirements: E-15 E-17
-- parameter: all text? - the lines of a one-stop customer
-- column: users int64 sum - customers
-- column: uses int64 sum - pairs of customer and line
-- column: mean ratio ratio - lines a customer
-- column: multi int64 sum - with two lines and more
-- column: multi_share ratio ratio - of users
-- column: complete int64 sum - with all the lines of the list
-- column: complete_share ratio ratio - of users
-- drill: users,mean_den,multi_share_den SELECT DISTINCT party FROM entry WHERE
--   book = 'revenue' AND unit = :unit AND amount > 0 AND line IS NOT NULL AND
--   party <> 1 AND day >= :from AND day < :to;
-- drill: uses,mean_num SELECT party, count(DISTINCT line) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND amount > 0 AND line IS NOT
--   NULL AND party <> 1 AND day >= :from AND day < :to GROUP BY party;
-- drill: multi,multi_share_num SELECT party FROM entry WHERE book = 'revenue'
--   AND unit = :unit AND amount > 0 AND line IS NOT NULL AND party <> 1 AND
--   day >= :from AND day < :to GROUP BY party HAVING count(DISTINCT line) >=
--   2;
-- drill: complete,complete_share_num SELECT party FROM entry WHERE book =
--   'revenue' AND unit = :unit AND amount > 0 AND line IS NOT NULL AND party
--   <> 1 AND day >= :from AND day < :to AND instr(',' || :all || ',', ',' ||
--   line || ',') > 0 GROUP BY party HAVING count(DISTINCT line) = length(:all)
--   - length(replace(:all, ',', '')) + 1;
-- drill: complete_share_den SELECT DISTINCT party FROM entry WHERE book =
--   'revenue' AND unit = :unit AND amount > 0 AND line IS NOT NULL AND party
--   <> 1 AND day >= :from AND day < :to AND :all <> '';
WITH pairs AS MATERIALIZED (
    SELECT party, line
    FROM entry
    WHERE book = 'revenue' AND unit = :unit AND amount > 0
        AND line IS NOT NULL AND party <> 1
        AND day >= :from AND day < :to
    GROUP BY party, line
),
users AS MATERIALIZED (
    SELECT party, count(*) AS lines,
        sum(instr(',' || coalesce(:all, '') || ',', ',' || line || ',') > 0)
            AS listed
    FROM pairs
    GROUP BY party
),
wanted AS MATERIALIZED (
    SELECT iif(:all IS NULL OR :all = '', NULL,
        length(:all) - length(replace(:all, ',', '')) + 1) AS lines
)
SELECT count(*) AS users, coalesce(sum(users.lines), 0) AS uses,
    coalesce(sum(users.lines), 0) AS mean_num, count(*) AS mean_den,
    coalesce(sum(users.lines >= 2), 0) AS multi,
    coalesce(sum(users.lines >= 2), 0) AS multi_share_num,
    count(*) AS multi_share_den,
    coalesce(sum(users.listed = wanted.lines), 0) AS complete,
    coalesce(sum(users.listed = wanted.lines), 0) AS complete_share_num,
    iif(max(wanted.lines) IS NULL, 0, count(*)) AS complete_share_den
FROM users CROSS JOIN wanted
