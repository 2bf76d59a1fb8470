#!/bin/sh
# A test in shell and curl: a flow fails on Viber and is delivered by Sms. The emulator's URL is the first argument.
set -eu
url=${1:-http://127.0.0.1:8080}
app=shell-$$

ask() { curl -sSf -m 30 "$@"; }
call() { ask -H 'Content-Type: application/json' "$@"; }
member() { grep -oE "\"$1\":\"[^\"]*" | head -n 1 | cut -d'"' -f4; }
expect() { [ "$2" = "$3" ] || { echo "$1 is '$2', expected '$3'"; exit 1; }; echo "ok: $1 is $2"; }
trap 'call -o /dev/null "$url/_emulator/reset" -d "{\"application\": \"$app\"}"' EXIT

call -o /dev/null "$url/_emulator/scenario" -d "{\"name\": \"viber-expires-sms-delivers\", \"application\": \"$app\"}"
call -o /dev/null -X PUT "$url/_emulator/clock" -d "{\"rate\": 0, \"application\": \"$app\"}"

token=$(ask -u "$app:secret" -d grant_type=client_credentials "$url/oauth/token" | member access_token)
id=$(call "$url/failover" -H "Authorization: Bearer $token" -d '{"flow": [
  {"type": "Viber", "senderInfoTrackingId": "3f0c9a52", "to": "+306912345678", "ttl": 10, "message": {"text": "Ready"}, "order": 1},
  {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Ready"}, "order": 2}]}' | member trackingId)

call -o /dev/null "$url/_emulator/clock/advance" -d "{\"application\": \"$app\", \"flow\": \"$id\"}"

flow=$(ask -H "Authorization: Bearer $token" "$url/failover/tracking/$id")
expect terminationChannel "$(echo "$flow" | member terminationChannel)" Sms
expect status "$(echo "$flow" | grep -oE '"status":"[^"]*' | cut -d'"' -f4)" Succeeded
