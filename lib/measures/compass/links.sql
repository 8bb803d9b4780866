-- title: How much leads somewhere
-- version: 1
-- formula: of the rows of compass.alignment by kind, those that are linked
-- source: VOCABULARY.md "The customer-capital triangle" (alignment)
-- requirements: D-03
-- window: none
-- uses: compass.alignment
-- column: kind text key - touchpoint, initiative, goal or mechanism
-- column: linked ratio ratio - share that leads somewhere
-- column: orphans int64 sum - that lead nowhere
-- column: slogans int64 sum - goals without a measure
SELECT kind, sum(status = 'linked') AS linked_num, count(*) AS linked_den,
    sum(status IN ('orphan', 'no mechanism')) AS orphans,
    sum(status = 'slogan') AS slogans
FROM compass_alignment GROUP BY kind
