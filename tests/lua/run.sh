#!/bin/sh
# run: the Lua module under every Lua that is installed; lua5.4 and luajit
# have to be.  Once under valgrind, where an error is any leak of the
# library's or access beyond what is ours.
set -u
B=${B:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

if bindings/lua/constants | cmp -s - bindings/lua/constants.h; then
    echo "ok lua/constants are those of bindings/api.json"
else
    echo "not ok lua/constants run bindings/lua/constants"
fi
if ! make --no-print-directory B="$B" lua >"$work/log" 2>&1; then
    echo "not ok lua/build $(tail -n 3 "$work/log" | tr '\n' ' ')"
    exit 1
fi
LD_LIBRARY_PATH=$B${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
for lua in lua5.4 luajit lua5.3 lua5.2 lua5.1; do
    if [ ! -f "$B/lua/$lua/custcap.so" ] ||
        ! command -v $lua >/dev/null 2>&1; then
        case $lua in
        lua5.4 | luajit) echo "not ok lua/$lua is not installed" ;;
        *) echo "skip lua/$lua - it is not installed" ;;
        esac
        continue
    fi
    mkdir "$work/$lua"
    LUA_CPATH="$B/lua/$lua/?.so" $lua tests/lua/module.lua "$work/$lua" $lua ||
        echo "not ok lua/$lua ended with $?"
done

mkdir "$work/checked"
if LUA_CPATH="$B/lua/lua5.4/?.so" valgrind -q --error-exitcode=99 \
    --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite \
    lua5.4 tests/lua/module.lua "$work/checked" valgrind \
    >"$work/log" 2>&1; then
    echo "ok lua/valgrind"
else
    echo "not ok lua/valgrind $(grep -v '^ok' "$work/log" | head -n 12 |
        tr '\n' ' ')"
fi

# Leaving in the middle of a call, the state closed on the way out.
cat >"$work/leave.lua" <<'END'
local custcap = require "custcap"
local ledger = assert(custcap.create(arg[1]))
local snapshot = assert(ledger:snapshot())
ledger:verify(function() os.exit(7, true) end)
END
LUA_CPATH="$B/lua/lua5.4/?.so" lua5.4 "$work/leave.lua" "$work/leave.ledger" \
    >"$work/log" 2>&1
code=$?
if [ $code = 7 ]; then
    echo "ok lua/leaving from a callback"
else
    echo "not ok lua/leaving from a callback $code $(head -n 3 "$work/log")"
fi

# The rockspec: Lua that says what there is.
cat >"$work/rock.lua" <<'END'
local spec = {}
local chunk = assert(io.open(arg[1])):read("*a")
assert(load(chunk, "rockspec", "t", spec))()
local named = {}
for _, path in ipairs(spec.build.modules.custcap.sources) do
    named[path] = true
end
for i = 2, #arg do
    assert(named[arg[i]], arg[i] .. " is not in the rockspec")
    named[arg[i]] = nil
end
assert(next(named) == nil, next(named))
local version = arg[1]:match("custcap%-(.-)%.rockspec")
assert(spec.version == version, spec.version)
END
if lua5.4 "$work/rock.lua" bindings/lua/custcap-*.rockspec bindings/lua/*.c \
    >"$work/log" 2>&1; then
    echo "ok lua/rockspec"
else
    echo "not ok lua/rockspec $(tail -n 1 "$work/log")"
fi

# custcap_lua(7): its example runs (by hand: 120 of 150), and every function
# that a script can call is in it.
sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' man/man7/custcap_lua.7 |
    sed '1,2d;$d' >"$work/example.lua"
modules=$PWD/$B
case $B in /*) modules=$B ;; esac
printed=$(cd "$work" && LD_LIBRARY_PATH=$modules \
    LUA_CPATH="$modules/lua/lua5.4/?.so" lua5.4 example.lua 2>&1)
if [ "$printed" = "$(printf '2024-02\t0.8\t12000\t15000')" ]; then
    echo "ok lua/manual example"
else
    echo "not ok lua/manual example $printed"
fi
missing=
for name in $(sed -n 's/^ *{"\([a-z][a-z_]*\)", .*/\1/p' bindings/lua/*.c); do
    grep -qE "Fn ([a-z]*[:.])?$name\b" man/man7/custcap_lua.7 ||
        missing="$missing $name"
done
if [ -z "$missing" ]; then
    echo "ok lua/manual names every function"
else
    echo "not ok lua/manual names every function:$missing"
fi
