#!/bin/sh
# custcap(1) names every command there is.
set -u
B=${B:-build}
"$B/custcap" help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p' |
    sort -u >"$B/test-output/commands"
missing=
while read -r command; do
    grep -qE "^\.(It )?(Ic|Cm|Nm).*\b$command\b" man/man1/custcap.1 ||
        missing="$missing $command"
done <"$B/test-output/commands"
if [ -s "$B/test-output/commands" ] && [ -z "$missing" ]; then
    echo "ok custcap(1) names every command"
else
    echo "not ok custcap(1) names every command:$missing"
fi
