-- title: Customer equity
-- version: 1
-- formula: sums of customer.lifetime over all customers, or by segment (of
--   customer.segment), role (the one in force the longest; none), cohort
--   (period of the first purchase) or channel (of the first purchase; none):
--   each customer is in one group, so the groups add up to the whole.
--   Without value: the spend model has no mean (its words say so)
-- source: Blattberg, Deighton (1996), HBR 74(4); Rust, Lemon, Zeithaml
--   (2004), Journal of Marketing 68
-- requirements: C-13
-- basis: posted amounts, of purchases after the first, net of refunds
-- shards: no
-- parameter: by text = total of total|segment|role|cohort|channel - total,
--   segment, role, cohort or channel
-- parameter: rules text = segment - what the segments' rules are below
-- parameter: model text = bg/nbd - bg/nbd, pareto/nbd, mbg/nbd, bg/cnbd-k,
--   mbg/cnbd-k, nbd, ggompertz/nbd or bg/bb
-- parameter: calibration_end day? - last day the model is told of; as_of
-- parameter: time_unit text = week of day|week|month|quarter|year - day, week
--   (7 days), or month, quarter or year of the calendar
-- parameter: refunds text = net of net|ignore - net: what is posted against
--   purchases lowers their money; ignore: it does not
-- parameter: penalty number = 0 - L2 on the parameters
-- parameter: confidence number = 0.95 - of the intervals
-- parameter: k int64 = 0 - Erlang order of (m)bg/cnbd-k, 0: the likeliest
-- parameter: horizon number = 0 - units of time ahead; 0: for ever
-- parameter: discount number = 0.1 - a year
-- parameter: margin number = 1 - share of the spend that counts
-- parameter: spend text = gamma-gamma of gamma-gamma|mean - or mean: each one's
--   own so far
-- column: name text key - segment, role, cohort, channel, or total
-- column: customers int64 none - how many
-- column: purchases decimal none 6 - expected, discounted
-- column: value money none - the sum of their values
-- column: mean ratio none unit - value a customer
-- column: share ratio none - of the whole
-- drill: customers,value,mean_num,mean_den
--   WITH worth AS MATERIALIZED (
--   SELECT party, first_day, channel, purchases, value FROM customer_worth(:by)
--   ),
--   role AS MATERIALIZED (
--   SELECT party, min(day) AS since FROM role_interval('us')
--   WHERE holds = 1 AND :by = 'role'
--   GROUP BY party
--   ),
--   one_role AS MATERIALIZED (
--   SELECT role.party AS party, min(role_interval.role) AS role
--   FROM role_interval('us')
--   JOIN role ON role.party = role_interval.party
--   AND role.since = role_interval.day
--   WHERE role_interval.holds = 1
--   GROUP BY role.party
--   ),
--   first AS MATERIALIZED (
--   SELECT party, min(rank) AS rank, rule FROM rule_match(:rules)
--   WHERE :by = 'segment'
--   GROUP BY party
--   ),
--   placed AS MATERIALIZED (
--   SELECT worth.party AS party, worth.purchases AS purchases,
--   worth.value AS value,
--   CASE :by
--   WHEN 'segment' THEN coalesce(
--   substr(first.rule, length(:rules) + 2), 'remainder')
--   WHEN 'role' THEN coalesce(one_role.role, 'none')
--   WHEN 'cohort' THEN period_label(
--   :period, period_first(:period, worth.first_day))
--   WHEN 'channel' THEN coalesce(worth.channel, 'none')
--   ELSE :by
--   END AS place
--   FROM worth
--   LEFT JOIN one_role ON one_role.party = worth.party
--   LEFT JOIN first ON first.party = worth.party
--   )
--   SELECT party FROM placed WHERE place = :name;
WITH worth AS MATERIALIZED (
    SELECT party, first_day, channel, purchases, value FROM customer_worth(:by)
),
role AS MATERIALIZED (
    SELECT party, min(day) AS since FROM role_interval('us')
    WHERE holds = 1 AND :by = 'role'
    GROUP BY party
),
one_role AS MATERIALIZED (
    SELECT role.party AS party, min(role_interval.role) AS role
    FROM role_interval('us')
    JOIN role ON role.party = role_interval.party
        AND role.since = role_interval.day
    WHERE role_interval.holds = 1
    GROUP BY role.party
),
first AS MATERIALIZED (
    SELECT party, min(rank) AS rank, rule FROM rule_match(:rules)
    WHERE :by = 'segment'
    GROUP BY party
),
placed AS MATERIALIZED (
    SELECT worth.party AS party, worth.purchases AS purchases,
        worth.value AS value,
        CASE :by
            WHEN 'segment' THEN coalesce(
                substr(first.rule, length(:rules) + 2), 'remainder')
            WHEN 'role' THEN coalesce(one_role.role, 'none')
            WHEN 'cohort' THEN period_label(
                :period, period_first(:period, worth.first_day))
            WHEN 'channel' THEN coalesce(worth.channel, 'none')
            ELSE :by
        END AS place
    FROM worth
    LEFT JOIN one_role ON one_role.party = worth.party
    LEFT JOIN first ON first.party = worth.party
)
SELECT place AS name, count(*) AS customers, sum(purchases) AS purchases,
    sum(value) AS value, sum(value) AS mean_num, count(value) AS mean_den,
    sum(value) AS share_num, (SELECT sum(value) FROM placed) AS share_den
FROM placed GROUP BY place
