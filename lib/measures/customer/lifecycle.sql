-- title: Active customers: new, returning, resurrecting, dormant
-- version: 1
-- formula: active: revenue of the period > 0; new: never before; returning:
--   in the period before, too; resurrecting: earlier, but not in the period
--   before; dormant: in the period before, not now; active - active of the
--   period before = new + resurrecting - dormant, exactly
-- source: DEFINITIONS.md "Scores and people"
-- requirements: B-07
-- basis: revenue (amounts recognised in the period, net of tax)
-- column: period text key - the period, against the one before it
-- column: before int64 sum - active in the period before
-- column: new int64 sum - never active before
-- column: returning int64 sum - active in both
-- column: resurrecting int64 sum - active earlier
-- column: dormant int64 sum - not active any more
-- column: active int64 sum - active in the period
-- drill: before = revenue.movements customers_opening;
-- drill: new = revenue.movements customers_new;
-- drill: returning = revenue.retention logo_num;
-- drill: resurrecting = revenue.movements customers_reactivation;
-- drill: dormant = revenue.movements customers_churn;
-- drill: active = revenue.movements customers_closing;
SELECT period, customers_opening AS before, customers_new AS new,
    customers_opening - customers_churn AS "returning",
    customers_reactivation AS resurrecting, customers_churn AS dormant,
    customers_closing AS active
FROM movement
