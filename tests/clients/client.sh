#!/bin/sh
# A client of the provider in shell and curl: sh client.sh calls/FILE.json ...
set -eu
member() { grep -oE "\"($1)\":\"[^\"]*" | head -n 1 | cut -d'"' -f4; }

token=$(curl -sSf -m 20 -u curl:secret -d grant_type=client_credentials https://auth.routee.net/oauth/token | member access_token)
for file in "$@"; do
    path=${file##*calls/} path=${path%.json}
    id=$(curl -sSf -m 20 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "@$file" \
        "https://connect.routee.net/$path" | member 'trackingId|flowId')
    echo "$path $id"
done
