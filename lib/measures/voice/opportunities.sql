-- title: What customers of rivals miss
-- version: 1
-- formula: parties that are consumers toward a rival at the moment and voiced
--   an unmet need: by theme, how many of them named it; an opportunity from
--   the share of the rule opportunity on
-- source: REQUIREMENTS.md B-17
-- requirements: B-17
-- window: none
-- shards: no
-- uses: voice.said
-- parameter: kind text = unmet-need - kind of event, and those below it
-- column: rival party key - toward whom they are consumers
-- column: theme text key - what they miss
-- column: parties int64 none - that named it
-- column: share ratio ratio - of the rival's customers that were heard
-- column: opportunity int64 none - 1 where the share is large enough
-- drill: parties,share_num,opportunity SELECT DISTINCT voice_said.party
--   FROM role_interval('*') JOIN voice_said
--   ON voice_said.party = role_interval.party
--   WHERE role_interval.toward = :rival AND role_interval.holds = 1
--   AND is_a('role', role_interval.role, 'consumer')
--   AND voice_said.theme = :theme;
-- drill: share_den SELECT DISTINCT voice_said.party
--   FROM role_interval('*') JOIN voice_said
--   ON voice_said.party = role_interval.party
--   WHERE role_interval.toward = :rival AND role_interval.holds = 1
--   AND is_a('role', role_interval.role, 'consumer');
WITH customers AS MATERIALIZED (
    SELECT DISTINCT toward AS rival, party FROM role_interval('*')
    WHERE toward <> 1 AND holds = 1 AND is_a('role', role, 'consumer')
),
voiced AS MATERIALIZED (
    SELECT DISTINCT customers.rival, voice_said.party, voice_said.theme
    FROM voice_said JOIN customers ON customers.party = voice_said.party
),
heard AS MATERIALIZED (
    SELECT rival, count(DISTINCT party) AS parties FROM voiced GROUP BY rival
),
named AS MATERIALIZED (
    SELECT rival, theme, count(*) AS parties FROM voiced
    WHERE theme IS NOT NULL
    GROUP BY rival, theme
)
SELECT named.rival, named.theme, named.parties, named.parties AS share_num,
    heard.parties AS share_den,
    named.parties * 1000000 >= heard.parties
        * word_member('rule', 'opportunity', 'share_ppm') AS opportunity
FROM named JOIN heard ON heard.rival = named.rival
