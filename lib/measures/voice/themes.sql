-- title: Themes of feedback, ranked
-- version: 1
-- formula: feedback by theme; share = of all of it in the part, that without
--   a theme included, which has a row without theme and rank; ranked by
--   share, equal shares by the theme that the ledger knew first
-- source: REQUIREMENTS.md A-02
-- requirements: A-02 D-27
-- window: none
-- shards: no
-- uses: voice.said
-- parameter: kind text = feedback - kind of event, and those below it
-- parameter: by text = all - all, kind (the channel), object, month, quarter
--   or year: a ranking for each
-- column: part text key - of what the ranking is
-- column: rank int64 key - from 1 within the part
-- column: theme text key - what was said; nothing where nobody sorted it
-- column: mentions int64 sum - events
-- column: parties int64 none - distinct ones that said it
-- column: share ratio ratio - mentions of all in the part
-- drill: parties SELECT DISTINCT party FROM voice_said
--   WHERE part = coalesce(:part, '') AND theme IS nullif(:theme, '');
-- drill: mentions,share_num SELECT event AS record, party, kind, object
--   FROM voice_said WHERE part = coalesce(:part, '')
--   AND theme IS nullif(:theme, '');
-- drill: share_den SELECT event AS record, party, kind, theme
--   FROM voice_said WHERE part = coalesce(:part, '');
WITH said AS MATERIALIZED (
    SELECT part, theme, party, count(*) AS mentions FROM voice_said
    GROUP BY part, theme, party
),
themes AS MATERIALIZED (
    SELECT part, theme, sum(mentions) AS mentions, count(*) AS parties
    FROM said
    GROUP BY part, theme
)
SELECT themes.part,
    iif(themes.theme IS NULL, NULL, row_number() OVER (
        PARTITION BY themes.part, themes.theme IS NULL
        ORDER BY themes.mentions DESC, names.number
    )) AS rank,
    themes.theme, themes.mentions, themes.parties,
    themes.mentions AS share_num,
    sum(themes.mentions) OVER (PARTITION BY themes.part) AS share_den
FROM themes LEFT JOIN word('theme') AS names ON names.code = themes.theme
