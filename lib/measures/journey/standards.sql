-- title: Standards kept
-- version: 1
-- uses: journey.readings
-- formula: readings within the tolerance of their standard / readings
-- source: REQUIREMENTS.md D-20
-- requirements: D-20
-- window: none
-- shards: yes
-- column: touchpoint text key - where, variants by themselves
-- column: readings int64 sum - how many
-- column: kept ratio ratio - within the tolerance, of all
-- column: lowest decimal min 6 - the lowest reading
-- column: highest decimal max 6 - the highest
SELECT touchpoint, count(*) AS readings, sum(passes) AS kept_num,
    count(*) AS kept_den, min(value) AS lowest, max(value) AS highest
FROM journey_readings
GROUP BY touchpoint
