-- title: Service orders between departments
-- version: 1
-- uses: ecosystem.request
-- formula: items of the kind internal-order by who serves (owner) and who is
--   served (party), those declined or cancelled left out; on_time = delivered
--   by the day they were due / all. Never revenue: the guard
--   entry-internal-order refuses a revenue entry about such an order
-- source: REQUIREMENTS B-09; DEFINITIONS.md "Scores and people" (internal
--   orders)
-- requirements: B-09
-- window: none
-- column: provider party key - who serves
-- column: receiver party key - who is served
-- column: orders int64 sum - placed
-- column: on_time ratio ratio - delivered in time, of all
-- column: overdue int64 sum - not delivered, and due before
-- drill: orders,on_time_den SELECT item AS record, coalesce(party, 1) AS
--   party FROM ecosystem_request WHERE void = 0 AND owner IS :provider AND
--   party IS :receiver;
-- drill: on_time_num SELECT item AS record, coalesce(party, 1) AS party
--   FROM ecosystem_request WHERE void = 0 AND owner IS :provider AND party
--   IS :receiver AND on_time;
-- drill: overdue SELECT item AS record, coalesce(party, 1) AS party FROM
--   ecosystem_request WHERE void = 0 AND owner IS :provider AND party IS
--   :receiver AND overdue;
SELECT owner AS provider, party AS receiver, count(*) AS orders,
    sum(on_time) AS on_time_num, count(*) AS on_time_den,
    sum(overdue) AS overdue
FROM ecosystem_request
WHERE void = 0
GROUP BY owner, party
