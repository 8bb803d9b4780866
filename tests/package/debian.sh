#!/bin/sh
# debian: the packages are built, looked over by lintian, installed in a root
# of their own, used there, and removed without a trace.  What this machine
# has compiled already is taken over, so that it takes a minute.
set -u
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
for tool in dpkg-buildpackage dh dh_python3 lintian; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "skip package/debian - $tool is not installed"
        exit 0
    fi
done
if ! dpkg-checkbuilddeps >/dev/null 2>&1; then
    echo "skip package/debian -" \
        "$(dpkg-checkbuilddeps 2>&1 | sed 's/.*: //' | head -n 1)"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tree=$work/libcustcap
fails() { # NAME WHY FILE
    echo "not ok package/$1 $2" \
        "$(tail -n 8 "${3:-/dev/null}" | tr '\n' ' ' | cut -c1-500)"
}

mkdir "$tree" "$tree/build"
git ls-files -z | xargs -0 cp -p --parents -t "$tree"
for part in lib tools generated lua; do
    [ ! -d "$B/$part" ] || cp -Rp "$B/$part" "$tree/build/"
done
if (cd "$tree" && B=build DEB_BUILD_OPTIONS=noautodbgsym \
    dpkg-buildpackage -b -nc -us -uc -d) >"$work/log" 2>&1; then
    echo "ok package/built"
else
    fails built "dpkg-buildpackage:" "$work/log"
    exit 1
fi

for package in libcustcap0 libcustcap-dev custcap python3-custcap \
    lua-custcap; do
    if [ -f "$(echo "$work/${package}"_*.deb)" ]; then
        echo "ok package/$package"
    else
        fails "$package" "was not built"
    fi
done
if lintian --fail-on error "$work"/*.deb >"$work/log" 2>&1; then
    echo "ok package/lintian"
else
    fails lintian "$(grep '^E:' "$work/log" | head -n 6 | tr '\n' ' ')"
fi

# A root with a package database of its own; what the packages need of
# others is there already, on this machine.
if [ "$(id -u)" != 0 ]; then
    echo "skip package/installed - only root may install"
    exit 0
fi
root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" \
    "$root/var/lib/dpkg/triggers"
: >"$root/var/lib/dpkg/status"
in_root() {
    dpkg --root="$root" --force-depends --force-script-chrootless \
        --force-not-root --log="$work/dpkg.log" "$@"
}
find "$root" | sort >"$work/before"
# Setting the one for Python up wants a Python in the root: it is unpacked.
if in_root --unpack "$work"/python3-*.deb >"$work/log" 2>&1 &&
    rm "$work"/python3-*.deb &&
    in_root --install "$work"/*.deb >"$work/log" 2>&1; then
    echo "ok package/installed"
else
    fails installed "dpkg --unpack:" "$work/log"
fi
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
usr=$root/usr
LD_LIBRARY_PATH=$usr/lib/$triplet
export LD_LIBRARY_PATH
version=$("$usr/bin/custcap" help 2>/dev/null | head -n 1 | cut -d' ' -f2)
lua=$(LUA_CPATH="$usr/lib/$triplet/lua/5.4/?.so" \
    lua5.4 -e 'print(require("custcap").version)' 2>&1)
jit=$(LUA_CPATH="$usr/lib/$triplet/lua/5.1/?.so" \
    luajit -e 'print(require("custcap").version)' 2>&1)
python=$(PYTHONPATH=$usr/lib/python3/dist-packages \
    CUSTCAP_LIBRARY=$usr/lib/$triplet/libcustcap.so.0 \
    PYTHONDONTWRITEBYTECODE=1 python3 -c '
import custcap
print(custcap.__file__.startswith("'"$usr"'/lib/python3") and "there")' 2>&1)
# shellcheck disable=SC2046
built=$(PKG_CONFIG_LIBDIR=$usr/lib/$triplet/pkgconfig:$(pkg-config \
    --variable pc_path pkg-config) PKG_CONFIG_SYSROOT_DIR=$root \
    sh -c 'cc -o "$1/first" examples/first.c \
        $(pkg-config --cflags --libs custcap) &&
        "$1/first" "$1/first.ledger"' sh "$work" 2>&1 | tail -n 1)
for found in "command:$version" "lua:$lua" "luajit:$jit" \
    "python:${python}" "headers:$(echo "$built" | tr -s ' ')"; do
    case $found in
    command:0.* | lua:0.* | luajit:0.* | python:there | \
        "headers:2024-02 80.0% 66.7% 50.0% 40.0%"*)
        echo "ok package/${found%%:*}" ;;
    *) fails "${found%%:*}" "$found" ;;
    esac
done
if in_root --purge libcustcap0 libcustcap-dev custcap python3-custcap \
    lua-custcap >"$work/log" 2>&1 &&
    [ -z "$(find "$root" -name '*custcap*')" ]; then
    echo "ok package/removed"
else
    find "$root" -name '*custcap*' >>"$work/log"
    fails removed "left behind:" "$work/log"
fi
