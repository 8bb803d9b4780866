-- title: Recurring revenue
-- version: 1
-- formula: at the last day of each period, what the terms in force bring a
--   month (revenue.movements, basis runrate): A / m for a term of m whole
--   months, else A * 365 / (12 * days), summed exactly a customer and rounded
--   once, half to even; annual = 12 times that; mean = recurring / customers
-- source: REQUIREMENTS.md D-22; DEFINITIONS.md "annual contracts"
-- requirements: D-22
-- basis: runrate (terms in force on the period's last day, a month)
-- parameter: basis text = runrate of revenue|runrate - as in revenue.movements
-- parameter: grace_days int64 = 0 - how long a term that ended stays in force
--   where no other of its line takes over
-- parameter: convert text = none of none|closing - closing: amounts of all
--   units, at the rate of the period's last day
-- column: period text key - at its last day
-- column: recurring money sum - a month
-- column: annual money sum - twelve times that
-- column: customers int64 sum - with terms in force
-- column: mean ratio ratio unit - recurring a customer
-- drill: recurring,mean_num = revenue.movements closing
-- drill: customers,mean_den = revenue.movements customers_closing
SELECT period, closing AS recurring, 12 * closing AS annual,
    customers_closing AS customers, closing AS mean_num,
    customers_closing AS mean_den
FROM movement
