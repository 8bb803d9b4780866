-- title: Most frequent paths
-- version: 1
-- formula: the channels a party met one after the other, its touches cut
--   where more than `hours` pass between two; the first `length` of each
--   path, the same channel again after itself counted once unless repeats is
--   1; the `top` most frequent, ties in the order of the channels' codes, and
--   touches of one instant, too
-- requirements: D-19
-- source: VOCABULARY.md "The customer-capital triangle" (path)
-- window: events
-- shards: no
-- parameter: touch text = visit - kinds of event that are touches, separated
--   by commas
-- parameter: by text = object - what they are told apart by: object, kind or
--   word
-- parameter: hours int64 = 720 - a longer pause begins another path
-- parameter: length int64 = 10 - channels of a path that are shown, 1 to 100
-- parameter: repeats int64 = 0 - 1: a channel after itself counts again
-- parameter: top int64 = 100 - how many paths, 1 to 100000
-- column: path text key - channels with > between; one whose name has a > or
--   a quote is in quotes
-- column: length int64 none - channels in it
-- column: paths int64 sum - how many went so
-- column: share ratio ratio - of all paths
WITH found AS MATERIALIZED (
    SELECT path, length, paths FROM journey_path
)
SELECT path, length, paths, paths AS share_num,
    (SELECT paths FROM found WHERE path IS NULL) AS share_den
FROM found
WHERE path IS NOT NULL
