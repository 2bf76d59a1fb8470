#!/bin/sh
# Sends the emulator at $1 thousands of requests made of its own documentation, good and bad ones: none may fail, each
# must be answered with a documented status, type and shape. $2 is the schemathesis command.
set -eu
url=$1
tool=$2
token=$(curl -sSf -u fuzz:secret -d grant_type=client_credentials "$url/oauth/token" | grep -oE '"access_token":"[^"]*' | cut -d'"' -f4)
usual="--phases coverage,fuzzing --max-examples 20 --max-time 30 --seed 1 --generation-database none --warnings off --no-color"
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance

# The feeds never end; a reset would forget the token.
"$tool" run "$url/_emulator/openapi.json" --checks $checks $usual \
    --exclude-path /_emulator/feed --exclude-path /_emulator/board/feed --exclude-path /_emulator/reset
"$tool" run "$url/_emulator/openapi/provider.json" --checks $checks $usual --header "Authorization: Bearer $token"
