// Tests with Node's own runner: node --test. FAILOVER_EMULATOR_URL names the emulator.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

const url = process.env.FAILOVER_EMULATOR_URL ?? "http://127.0.0.1:8080";
const posts = [];
const receiver = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  posts.push(JSON.parse(Buffer.concat(parts)));
  response.end();
});
let app;

async function call(method, path, body, headers = {}) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const request = { method, body: sent, headers: { "Content-Type": "application/json", ...headers } };
  const answer = await fetch(url + path, { ...request, signal: AbortSignal.timeout(30_000) }).catch((error) => {
    throw new Error(`no emulator answers at ${url}: ${error.cause?.message ?? error.message}`);
  });
  const told = await answer.json();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(told)}`);
  return told;
}

async function send(...flow) {
  const basic = Buffer.from(`${app}:secret`).toString("base64");
  const { access_token: token } = await call("POST", "/oauth/token?grant_type=client_credentials", undefined, {
    Authorization: `Basic ${basic}`,
  });
  const callback = { strategy: "OnStep", url: `http://127.0.0.1:${receiver.address().port}/hook` };
  return (await call("POST", "/failover", { flow, callback }, { Authorization: `Bearer ${token}` })).trackingId;
}

const finish = (flow) => call("POST", "/_emulator/clock/advance", { application: app, flow });
const message = { type: "Sms", from: "Shop", to: "+306912345678", message: { body: "Ready" }, order: 2 };
const viber = { type: "Viber", senderInfoTrackingId: "3f0c9a52", to: "+306912345678", message: { text: "Ready" }, order: 1 };

before(() => new Promise((done) => receiver.listen(0, "127.0.0.1", done)));
after(() => receiver.close());
beforeEach(async () => {
  posts.length = 0;
  app = `node-${crypto.randomUUID()}`;
  await call("PUT", "/_emulator/clock", { application: app, rate: 0 });
});

test("a flow fails over from Viber to Sms", async () => {
  await call("POST", "/_emulator/scenario", { application: app, name: "viber-undelivered" });
  const flow = await send(viber, message);
  await finish(flow);
  const told = posts.map((post) => [post.status, ...post.messages.map((each) => each.status.name)].join(" "));
  assert.deepEqual(told, [
    "InProgress QUEUED",
    "InProgress UNDELIVERED Queued",
    "InProgress UNDELIVERED Sent",
    "Succeeded UNDELIVERED Delivered",
  ]);
});

test("a request is refused once", async () => {
  const rules = [{ answer: "too-many-requests", uses: 1 }];
  await call("POST", "/_emulator/scenario/overrides", { application: app, rules });
  await assert.rejects(send(message), /429/);
  await finish(await send(message));
  assert.equal(posts.at(-1).status, "Succeeded");
});
