-- title: Surveys with a target
-- version: 1
-- formula: every rule survey.* names an object, a word and a share: of the
--   parties that answered about the object (events `answer`, each one's
--   latest, in the window or all), those who said the word; hit: their share
--   is above that of the rule
-- source: REQUIREMENTS.md A-06 (above, not at)
-- requirements: A-06
-- window: none
-- column: survey text key - the rule's code without survey.
-- column: answers int64 none - parties that answered
-- column: agree int64 none - that said the word
-- column: share ratio none - agree / answers
-- column: low int64 none - of its 95 % interval, per million
-- column: high int64 none - of its 95 % interval, per million
-- column: hit int64 none - 1: above the target
-- drill: answers,share_den SELECT DISTINCT party FROM event WHERE
--   is_a('event', kind, 'answer') AND object = :drill_object AND word IS
--   NOT NULL AND (:from IS NULL OR (day >= :from AND day < :to));
-- drill: agree,share_num SELECT party FROM (SELECT party, word,
--   row_number() OVER (PARTITION BY party ORDER BY instant DESC, id DESC)
--   AS nth FROM event WHERE is_a('event', kind, 'answer') AND object =
--   :drill_object AND word IS NOT NULL AND (:from IS NULL OR (day >= :from
--   AND day < :to))) WHERE nth = 1 AND word = :drill_word;
WITH rules AS MATERIALIZED (
    SELECT substr(code, 8) AS survey, json_extract(data, '$.object') AS object,
        json_extract(data, '$.word') AS word,
        json_extract(data, '$.share_ppm') AS ppm
    FROM word('rule')
    WHERE code LIKE 'survey.%'
),
answers AS MATERIALIZED (
    SELECT object, party, word, row_number() OVER (
            PARTITION BY object, party ORDER BY instant DESC, id DESC) AS nth
    FROM event
    WHERE is_a('event', kind, 'answer') AND word IS NOT NULL
        AND object IN (SELECT object FROM rules)
        AND (:from IS NULL OR (day >= :from AND day < :to))
),
counted AS MATERIALIZED (
    SELECT rules.survey, rules.object, rules.word, rules.ppm,
        count(*) AS answers, sum(answers.word = rules.word) AS agree
    FROM rules JOIN answers ON answers.object = rules.object
    WHERE answers.nth = 1
    GROUP BY rules.survey
)
SELECT survey, answers, agree, agree AS share_num, answers AS share_den,
    wilson_low(agree, answers) AS low, wilson_high(agree, answers) AS high,
    agree * 1000000 > answers * ppm AS hit, object AS drill_object,
    word AS drill_word
FROM counted
