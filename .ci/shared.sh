# Sourced by every part: runs it in the checkout's root, gives it a folder of its own in $work, and stops what it has
# started and says so when it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
part=.ci/$(basename "$0")
work=$(mktemp -d)
trap 'ended $?' EXIT
unset PYTHONDONTWRITEBYTECODE
export CI=true

ended() {
    kill $(jobs -p) 2>/dev/null || true
    rm -rf "$work"
    [ "$1" = 0 ] || printf '\n=== FAILED: %s (exit status %s)\n' "$part" "$1" >&2
}

step() { printf '\n=== %s\n' "$1"; }

# Has .venv contain these commands: installs the development tools if one of them is missing.
tools() {
    local tool
    for tool in "$@"; do
        if ! [ -x ".venv/bin/$tool" ]; then
            step "$tool is not in .venv: installing the development tools"
            [ -x .venv/bin/python ] || python3 -m venv .venv
            .venv/bin/pip install -q -e '.[dev]'
            return
        fi
    done
}

# Has a PostgreSQL on this machine: installs Debian's if there is none.
postgresql() {
    if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        step "no PostgreSQL: installing Debian's"
        { apt-get update -qq && apt-get install -y -qq postgresql; } >"$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
    fi
}

# Starts the command $1 as an emulator on the store file $work/emulator.db, with the options that follow; its URL is in
# $url once it is ready.
start() {
    : >"$work/ready"  # what an earlier one wrote there is not its own
    "$1" serve --port 0 --store "$work/emulator.db" "${@:2}" >"$work/ready" 2>"$work/log" &
    server=$!
    for _ in $(seq 100); do
        grep -q ready "$work/ready" && break
        sleep 0.1
    done
    url=$(grep -oEm 1 'http://[0-9.:]+' "$work/ready") || { cat "$work/log"; echo "it did not start"; return 1; }
    "$1" readyz --port "${url##*:}"
}

# Stops the emulator, which must end well and within a second.
stop() {
    local began ended
    began=$(date +%s%N)
    kill -TERM "$server"
    wait "$server"
    ended=$(date +%s%N)
    echo "stopped in $(((ended - began) / 1000000)) ms"
    test $((ended - began)) -lt 1000000000
}

# The text of the JSON member $1 in standard input.
member() { grep -oE "\"$1\":\"[^\"]*" | cut -d'"' -f4; }
