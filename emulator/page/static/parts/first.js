// What to do first, for who has sent nothing yet.
import { html } from "../lib/html.js";
import { root } from "../lib/root.js";
import { link } from "../lib/route.js";
import { Code } from "./code.js";

function lines() {
  return `TOKEN=$(curl -s -u my-app:my-secret -d grant_type=client_credentials ${root}/oauth/token | grep -oE '"access_token":"[^"]+' | cut -d'"' -f4)
curl -s ${root}/failover -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{
  "flow": [
    {"type": "Viber", "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10", "to": "+306900000100", "message": {"text": "Parcel 71 is ready"}, "order": 1},
    {"type": "Sms", "from": "Shop", "to": "+306900000100", "message": {"body": "Parcel 71 is ready"}, "order": 2}
  ],
  "callback": {"strategy": "OnStep", "url": "${root}/_emulator/sink"}
}'`;
}

export function FirstStep() {
  return html`
    <section class="panel first" aria-labelledby="first">
      <h2 id="first">Nothing has been sent yet</h2>
      <p>This is where your messages will move. <a class="button" href=${link("stories")}>Play a story</a> or <a class="button" href=${link("send")}>Send one here</a>; or paste this into a terminal. It fails on Viber and is delivered as an Sms:</p>
      <${Code} text=${lines()} name="the first request" />
    </section>
  `;
}
