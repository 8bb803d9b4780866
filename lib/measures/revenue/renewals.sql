-- title: Renewal of terms
-- version: 1
-- uses: revenue.terms
-- formula: of the terms that end in a period (revenue.terms), how many were
--   renewed
-- source: REQUIREMENTS.md C-03; DEFINITIONS.md "late renewal"
-- requirements: C-03
-- parameter: grace_days int64 = 0 - how late a renewal may begin
-- column: period text key - in which terms end
-- column: due int64 sum - terms that end
-- column: renewed int64 sum - of them, renewed
-- column: renewal ratio ratio - renewed of due
-- drill: due,renewal_den SELECT max(entry.id) AS id,
--   entry.party, 1 AS count FROM calendar
--   JOIN revenue_terms ON revenue_terms.end_day >= calendar.first_day
--   AND revenue_terms.end_day < calendar.next_day
--   JOIN entry ON entry.party = revenue_terms.party
--   AND coalesce(entry.line, '') = revenue_terms.line
--   AND entry.code = revenue_terms.code
--   AND entry."end" = revenue_terms.end_day
--   AND entry.book = 'revenue' AND entry.unit = :unit AND entry.amount > 0
--   WHERE calendar.period = :period
--   GROUP BY entry.party, revenue_terms.line, revenue_terms.code,
--   revenue_terms.end_day;
-- drill: renewed,renewal_num SELECT max(entry.id) AS id,
--   entry.party, 1 AS count FROM calendar
--   JOIN revenue_terms ON revenue_terms.end_day >= calendar.first_day
--   AND revenue_terms.end_day < calendar.next_day
--   AND revenue_terms.renewed = 1
--   JOIN entry ON entry.party = revenue_terms.party
--   AND coalesce(entry.line, '') = revenue_terms.line
--   AND entry.code = revenue_terms.code
--   AND entry."end" = revenue_terms.end_day
--   AND entry.book = 'revenue' AND entry.unit = :unit AND entry.amount > 0
--   WHERE calendar.period = :period
--   GROUP BY entry.party, revenue_terms.line, revenue_terms.code,
--   revenue_terms.end_day;
SELECT calendar.period, count(revenue_terms.party) AS due,
    coalesce(sum(revenue_terms.renewed), 0) AS renewed,
    coalesce(sum(revenue_terms.renewed), 0) AS renewal_num,
    count(revenue_terms.party) AS renewal_den
FROM calendar LEFT JOIN revenue_terms
    ON revenue_terms.end_day >= calendar.first_day
        AND revenue_terms.end_day < calendar.next_day
GROUP BY calendar.period
