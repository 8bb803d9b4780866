-- title: Agenda of the voice-of-customer meeting
-- version: 1
-- formula: the first themes of voice.themes, as many as the rule agenda says,
--   each with the tasks whose subject is the theme (voice.followups)
-- source: REQUIREMENTS.md D-27
-- requirements: D-27
-- window: none
-- shards: no
-- uses: voice.themes voice.followups
-- parameter: kind text = feedback - kind of event, and those below it
-- column: rank int64 key - from 1
-- column: theme text key - to talk about
-- column: mentions int64 none - events
-- column: parties int64 none - that said it
-- column: share ratio ratio - of all feedback
-- column: actions int64 none - on the theme
-- column: closed int64 none - of them, done
-- column: overdue int64 none - of them, open past the due day
-- column: unowned int64 none - of them, open without an owner
-- drill: mentions,share_num SELECT event AS record, party FROM voice_said
--   WHERE theme = :theme;
-- drill: share_den SELECT event AS record, party FROM voice_said;
-- drill: parties SELECT DISTINCT party FROM voice_said WHERE theme = :theme;
-- drill: actions SELECT item AS record, party, state FROM voice_followups
--   WHERE about = :theme;
-- drill: closed SELECT item AS record, party, state FROM voice_followups
--   WHERE about = :theme AND done = 1;
-- drill: overdue SELECT item AS record, party, state FROM voice_followups
--   WHERE about = :theme AND overdue = 1;
-- drill: unowned SELECT item AS record, party, state FROM voice_followups
--   WHERE about = :theme AND open = 1 AND owner IS NULL;
WITH tasks AS MATERIALIZED (
    SELECT about, count(*) AS actions, sum(done) AS closed,
        sum(overdue) AS overdue,
        sum(open = 1 AND owner IS NULL) AS unowned
    FROM voice_followups
    GROUP BY about
)
SELECT themes.rank, themes.theme, themes.mentions, themes.parties,
    themes.share_num, themes.share_den, coalesce(tasks.actions, 0) AS actions,
    coalesce(tasks.closed, 0) AS closed,
    coalesce(tasks.overdue, 0) AS overdue,
    coalesce(tasks.unowned, 0) AS unowned
FROM voice_themes AS themes
LEFT JOIN tasks ON tasks.about = themes.theme
WHERE themes.part = 'all'
    AND themes.rank <= word_member('rule', 'agenda', 'themes')
