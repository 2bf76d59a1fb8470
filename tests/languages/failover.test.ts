// A test with clients that are generated from the emulator's OpenAPI documents, so that the compiler checks each call:
//   npm install --save-dev openapi-typescript openapi-fetch
//   npx openapi-typescript $URL/_emulator/openapi.json --default-non-nullable=false -o emulator.d.ts
//   npx openapi-typescript $URL/_emulator/openapi/provider.json --default-non-nullable=false -o provider.d.ts
// Then it is compiled, and run by Node: FAILOVER_EMULATOR_URL=$URL node --test failover.test.js
import assert from "node:assert/strict";
import { after, test } from "node:test";
import createClient from "openapi-fetch";
import type { paths as Emulator } from "./emulator.js";
import type { paths as Provider } from "./provider.js";

const baseUrl = process.env.FAILOVER_EMULATOR_URL ?? "http://127.0.0.1:8080";
const emulator = createClient<Emulator>({ baseUrl });
const provider = createClient<Provider>({ baseUrl });
const application = `typescript-${crypto.randomUUID()}`;

after(() => emulator.POST("/_emulator/reset", { body: { application } }));

test("a flow fails over from Viber to Sms", async () => {
  await emulator.PUT("/_emulator/clock", { body: { application, rate: 0 } });
  await emulator.POST("/_emulator/scenario", { body: { application, name: "viber-undelivered" } });

  const granted = await fetch(`${baseUrl}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${application}:secret`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token } = (await granted.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${access_token}` };
  const sent = await provider.POST("/failover", {
    headers,
    body: {
      flow: [
        { type: "Viber", senderInfoTrackingId: "3f0c9a52", to: "+306912345678", message: { text: "Ready" }, order: 1 },
        { type: "Sms", from: "Shop", to: "+306912345678", message: { body: "Ready" }, order: 2 },
      ],
    },
  });
  assert.ok(sent.data, JSON.stringify(sent.error));
  const { trackingId: flow } = sent.data as { trackingId: string };

  await emulator.POST("/_emulator/clock/advance", { body: { application, flow } });

  const { data } = await emulator.GET("/_emulator/flows/{id}", { params: { path: { id: flow } } });
  assert.ok(data);
  assert.equal(data.status, "Succeeded");
  assert.deepEqual(data.messages.map((message) => message.status.name), ["UNDELIVERED", "Delivered"]);
});
