-- title: Value account of every customer
-- version: 1
-- uses: acquisition.newcomers
-- formula: of the window: purchase = margin (revenue less the party's cost
--   entries) where the party has cost entries other than rewards and
--   service, else revenue: `basis` says which; referral = revenue of the
--   newcomers it brought, a memo that company totals leave out; improvement,
--   innovation, data = exchange.improvement, .innovation, .data; rewards =
--   cost.rewards, service = cost.service-cost; total = purchase + referral +
--   improvement + innovation + data - rewards - service. agreed: of it,
--   codes ending in .agreed; measured: the rest. estimated: the book
--   estimate but for estimate.wallet, never in total
-- source: DEFINITIONS.md "Per-customer value account"
-- requirements: A-20 D-06
-- basis: revenue (amounts recognised in the window, net of tax)
-- shards: no
-- column: party party key - the customer
-- column: basis text none - of purchase: margin or revenue
-- column: purchase money sum - what it bought
-- column: referral money none - memo: whom it brought
-- column: improvement money sum - improvements it proposed
-- column: innovation money sum - innovation and IP
-- column: data money sum - data it gave
-- column: rewards money sum - what it got for it
-- column: service money sum - what serving it cost
-- column: total money none - all, less rewards and service
-- column: measured money none - of total, measured
-- column: agreed money sum - of total, agreed
-- column: estimated money sum - beside it
-- drill: improvement SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit
--   AND is_a('code', code, 'exchange.improvement')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: innovation SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit
--   AND is_a('code', code, 'exchange.innovation')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: data SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit
--   AND is_a('code', code, 'exchange.data')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: rewards SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit
--   AND is_a('code', code, 'cost.rewards')
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: purchase SELECT id, party, iif(book = 'cost', -1, 1)
--   * recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE party = :party AND unit = :unit AND (book = 'revenue'
--   OR (book = 'cost' AND :basis = 'margin'
--   AND NOT is_a('code', code, 'cost.rewards')
--   AND NOT is_a('code', code, 'cost.service-cost')))
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: referral SELECT id, party,
--   recognised(amount, day, "end", :from, :to) AS part FROM entry
--   WHERE book = 'revenue' AND unit = :unit AND party IN (
--   SELECT party FROM acquisition_newcomers WHERE referrer = :party)
--   AND recognised(amount, day, "end", :from, :to) <> 0;
-- drill: service SELECT id, party, recognised(amount, day, "end", :from, :to)
--   AS part FROM entry WHERE party = :party AND unit = :unit AND
--   recognised(amount, day, "end", :from, :to) <> 0 AND is_a('code', code,
--   'cost.service-cost');
-- drill: agreed SELECT id, party, recognised(amount, day, "end", :from, :to)
--   AS part FROM entry WHERE party = :party AND unit = :unit AND
--   recognised(amount, day, "end", :from, :to) <> 0 AND (is_a('code', code,
--   'exchange.improvement') OR is_a('code', code, 'exchange.innovation') OR
--   is_a('code', code, 'exchange.data')) AND code LIKE '%.agreed';
-- drill: estimated SELECT id, party, recognised(amount, day, "end", :from,
--   :to) AS part FROM entry WHERE party = :party AND unit = :unit AND
--   recognised(amount, day, "end", :from, :to) <> 0 AND book = 'estimate' AND
--   code <> 'estimate.wallet';
-- drill: total SELECT id, party, iif(book = 'cost', -1, 1) *
--   recognised(amount, day, "end", :from, :to) AS part FROM entry WHERE unit
--   = :unit AND recognised(amount, day, "end", :from, :to) <> 0 AND ((party =
--   :party AND (book = 'revenue' OR ((is_a('code', code,
--   'exchange.improvement') OR is_a('code', code, 'exchange.innovation') OR
--   is_a('code', code, 'exchange.data'))) OR (book = 'cost' AND (:basis =
--   'margin' OR is_a('code', code, 'cost.rewards') OR is_a('code', code,
--   'cost.service-cost'))))) OR (book = 'revenue' AND party IN (SELECT party
--   FROM acquisition_newcomers WHERE referrer = :party)));
-- drill: measured SELECT id, party, iif(book = 'cost', -1, 1) *
--   recognised(amount, day, "end", :from, :to) AS part FROM entry WHERE unit
--   = :unit AND recognised(amount, day, "end", :from, :to) <> 0 AND ((party =
--   :party AND (book = 'revenue' OR ((is_a('code', code,
--   'exchange.improvement') OR is_a('code', code, 'exchange.innovation') OR
--   is_a('code', code, 'exchange.data')) AND code NOT LIKE '%.agreed') OR
--   (book = 'cost' AND (:basis = 'margin' OR is_a('code', code,
--   'cost.rewards') OR is_a('code', code, 'cost.service-cost'))))) OR (book =
--   'revenue' AND party IN (SELECT party FROM acquisition_newcomers WHERE
--   referrer = :party)));
WITH sums AS MATERIALIZED (
    SELECT party, code, book,
        sum(recognised(amount, day, "end", :from, :to)) AS amount
    FROM entry
    WHERE unit = :unit AND party <> 1
        AND book IN ('revenue', 'cost', 'exchange', 'estimate')
    GROUP BY party, code
),
kinds AS MATERIALIZED (
    SELECT party, amount,
        CASE
            WHEN book = 'revenue' THEN 'revenue'
            WHEN code = 'estimate.wallet' THEN 'wallet'
            WHEN book = 'estimate' THEN 'estimate'
            WHEN is_a('code', code, 'cost.rewards') THEN 'rewards'
            WHEN is_a('code', code, 'cost.service-cost') THEN 'service'
            WHEN book = 'cost' THEN 'cost'
            WHEN is_a('code', code, 'exchange.improvement')
                THEN 'improvement'
            WHEN is_a('code', code, 'exchange.innovation') THEN 'innovation'
            WHEN is_a('code', code, 'exchange.data') THEN 'data'
        END AS kind,
        code LIKE '%.agreed' AS is_agreed
    FROM sums
),
brought AS MATERIALIZED (
    SELECT referrer AS party, sum(revenue) AS revenue
    FROM acquisition_newcomers
    WHERE referrer IS NOT NULL
    GROUP BY referrer
),
accounts AS MATERIALIZED (
    SELECT party, max(kind = 'cost') AS has_cost,
        sum(iif(kind = 'revenue', amount, 0)) AS revenue,
        sum(iif(kind = 'cost', amount, 0)) AS cost,
        sum(iif(kind = 'improvement', amount, 0)) AS improvement,
        sum(iif(kind = 'innovation', amount, 0)) AS innovation,
        sum(iif(kind = 'data', amount, 0)) AS data,
        sum(iif(kind = 'rewards', amount, 0)) AS rewards,
        sum(iif(kind = 'service', amount, 0)) AS service,
        sum(iif(kind = 'estimate', amount, 0)) AS estimated,
        sum(iif(is_agreed AND kind IN ('improvement', 'innovation', 'data'),
            amount, 0)) AS agreed
    FROM kinds
    WHERE kind IS NOT NULL AND kind <> 'wallet'
    GROUP BY party
),
totals AS MATERIALIZED (
    SELECT accounts.party, has_cost, accounts.revenue, cost, improvement,
        innovation, data, rewards, service, estimated, agreed,
        coalesce(brought.revenue, 0) AS referral
    FROM accounts LEFT JOIN brought ON brought.party = accounts.party
),
named AS MATERIALIZED (
    SELECT party, iif(has_cost, 'margin', 'revenue') AS basis,
        revenue - iif(has_cost, cost, 0) AS purchase, referral,
        improvement, innovation, data, rewards, service, agreed, estimated
    FROM (
        SELECT party, has_cost, revenue, cost, improvement, innovation,
            data, rewards, service, estimated, agreed, referral
        FROM totals
        UNION ALL
        SELECT party, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, revenue
        FROM brought WHERE party NOT IN (SELECT party FROM accounts)
    )
)
SELECT party, basis, purchase, referral, improvement, innovation, data,
    rewards, service,
    purchase + referral + improvement + innovation + data - rewards
        - service AS total,
    purchase + referral + improvement + innovation + data - rewards
        - service - agreed AS measured,
    agreed, estimated
FROM named
WHERE purchase <> 0 OR referral <> 0 OR improvement <> 0
    OR innovation <> 0 OR data <> 0 OR rewards <> 0 OR service <> 0
    OR estimated <> 0
