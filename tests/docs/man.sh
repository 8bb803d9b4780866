#!/bin/sh
# The manual pages are clean mdoc, and name every command there is.
set -u
for page in man/man*/*; do
    if mandoc -T lint -W warning "$page"; then
        echo "ok mandoc $page"
    else
        echo "not ok mandoc $page"
    fi
done
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
