#!/bin/sh
# Runs the tests in other languages against the emulator at $1, as far as their runtimes are here.
set -eu
folder=$(dirname "$0")/../tests/languages
sh "$folder/shell.sh" "$1"
if command -v node >/dev/null; then
    FAILOVER_EMULATOR_URL=$1 node --test "$folder/failover.test.mjs"
else
    echo "left out: there is no node here"
fi
if command -v java >/dev/null; then
    java "$folder/FailoverTest.java" "$1"
else
    echo "left out: there is no java here"
fi
