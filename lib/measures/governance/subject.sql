-- title: All that is held on one party
-- version: 1
-- formula: every record that is about the party or names it, merges followed,
--   in the order of time: what a person who asks is given. Texts are empty
--   once erased, and where the viewer's clearance is below their level
-- source: REQUIREMENTS.md C-17
-- requirements: C-17
-- window: none
-- units: all
-- shards: no
-- parameter: party party - whose
-- column: instant instant key - when, UTC
-- column: record id key - which record; nothing for who the party is
-- column: kind text key - party, link, role, relation, entry, event, item,
--   move, consent or mark
-- column: as_what text none - subject, or how the record names the party
-- column: code text none - form, role, type, posting code, kind, state,
--   purpose
-- column: about text none - other party, stage, line, object, flow, wording
-- column: value text none - amount, number, weight; of consent given or
--   withdrawn
-- column: unit text none - of an amount
-- column: until day none - end, due day or expiry
-- column: text text none - name, cause, document, text, subject, reason,
--   evidence
SELECT instant, NULL AS record, 'party' AS kind, 'subject' AS as_what,
    form AS code, key AS about, NULL AS value, NULL AS unit, NULL AS until,
    name AS text
FROM party WHERE party = :party
UNION ALL
SELECT instant, id, 'link', 'subject', NULL, party_key(other), NULL, NULL,
    until, NULL
FROM link WHERE party = :party OR other = :party
UNION ALL
SELECT instant, id, 'role', iif(party = :party, 'subject', 'toward'), role,
    coalesce(stage, '') || iif(party = :party, '',
        ' of ' || coalesce(party_key(party), '#' || party)),
    NULL, NULL, until, cause
FROM role WHERE party = :party OR toward = :party
UNION ALL
SELECT instant, id, 'relation', iif(party = :party, 'subject', 'other'),
    type, coalesce(party_key(iif(party = :party, other, party)),
        '#' || iif(party = :party, other, party)),
    decimal_text(weight, weight_scale), NULL, until, NULL
FROM relation WHERE party = :party OR other = :party
UNION ALL
SELECT instant, id, 'entry', 'subject', code, coalesce(line, channel),
    amount_text(amount, unit), unit, "end", document
FROM entry WHERE party = :party
UNION ALL
SELECT instant, id, 'event', 'subject', kind,
    coalesce(object || coalesce(': ' || word, ''), word),
    decimal_text(number, number_scale), NULL, NULL, text
FROM event WHERE party = :party
UNION ALL
SELECT instant, id, 'event', 'observer', kind, coalesce(object, word), NULL,
    NULL, NULL, NULL
FROM event WHERE observer = :party AND party <> :party
UNION ALL
SELECT instant, id, 'item', iif(party = :party, 'subject', 'owner'), kind,
    flow, NULL, NULL, due, subject
FROM item WHERE party = :party OR owner = :party
UNION ALL
SELECT move.instant, move.id, 'move',
    iif(move.actor = :party, 'actor', 'subject'), move.state,
    id_text(move.item), NULL, NULL, NULL, move.reason
FROM move
WHERE move.actor = :party
    OR move.item IN (SELECT id FROM item WHERE party = :party)
UNION ALL
SELECT instant, id, 'consent', 'subject', purpose, wording,
    iif(given = 1, 'given', 'withdrawn'), NULL, expiry, evidence
FROM consent WHERE party = :party
UNION ALL
SELECT instant, id, 'mark', 'subject', kind, NULL, NULL, NULL, NULL, NULL
FROM mark WHERE party = :party
