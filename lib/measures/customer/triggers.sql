-- title: Whom to offer what next
-- version: 2
-- formula: rules of the vocabulary, the built-in trigger.views among them,
--   whose data has an event and an offer, such as {"event": "visit", "count":
--   3, "purchases_max": 0, "offer": "tutorial"}: a party is named where it
--   has at least count events of that kind (or below) in the window and at
--   most purchases_max purchases, which are positive revenue entries that
--   settle no other. A rule with "off": true is out of force
-- source: REQUIREMENTS.md C-14
-- requirements: C-14
-- shards: yes
-- column: party party key - to whom
-- column: rule text key - by which rule
-- column: offer text none - what
-- column: events int64 none - it has
-- column: purchases int64 none - it made
-- drill: events SELECT party, count(*) AS part FROM event WHERE party = :party
--   AND day >= :from AND day < :to AND is_a('event', kind, word_member('rule',
--   :rule, 'event')) GROUP BY party;
-- drill: purchases SELECT party, count(*) AS part FROM entry WHERE party =
--   :party AND book = 'revenue' AND amount > 0 AND ref IS NULL AND day >=
--   :from AND day < :to GROUP BY party;
WITH rules AS MATERIALIZED (
    SELECT code, word_member('rule', code, 'event') AS event,
        coalesce(word_member('rule', code, 'count'), 1) AS count,
        coalesce(word_member('rule', code, 'purchases_max'), 0) AS purchases,
        word_member('rule', code, 'offer') AS offer
    FROM word('rule')
    WHERE coalesce(word_member('rule', code, 'off'), '') <> 'true'
),
seen AS MATERIALIZED (
    SELECT party, kind, count(*) AS events
    FROM event
    WHERE day >= :from AND day < :to AND party <> 1
    GROUP BY party, kind
),
bought AS MATERIALIZED (
    SELECT party, count(*) AS purchases
    FROM entry
    WHERE book = 'revenue' AND amount > 0 AND ref IS NULL
        AND day >= :from AND day < :to AND party <> 1
    GROUP BY party
),
met AS MATERIALIZED (
    SELECT seen.party, rules.code, rules.offer, rules.count,
        rules.purchases, sum(seen.events) AS events
    FROM seen JOIN rules ON is_a('event', seen.kind, rules.event)
    WHERE rules.event IS NOT NULL AND rules.offer IS NOT NULL
    GROUP BY seen.party, rules.code
)
SELECT met.party, met.code AS rule, met.offer, met.events,
    coalesce(bought.purchases, 0) AS purchases
FROM met LEFT JOIN bought ON bought.party = met.party
WHERE met.events >= met.count
    AND coalesce(bought.purchases, 0) <= met.purchases
