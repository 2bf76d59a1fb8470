// A client of the provider with Node's fetch: node client.mjs calls/FILE.json ...
import { readFileSync } from "node:fs";

async function call(url, headers, body) {
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const basic = Buffer.from("node:secret").toString("base64");
const form = new URLSearchParams({ grant_type: "client_credentials" });
const { access_token } = await call("https://auth.routee.net/oauth/token", { Authorization: `Basic ${basic}` }, form);
for (const file of process.argv.slice(2)) {
  const path = file.slice(file.lastIndexOf("calls/") + "calls/".length, -".json".length);
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  const { trackingId, flowId } = await call(`https://connect.routee.net/${path}`, headers, readFileSync(file, "utf8"));
  console.log(`${path} ${trackingId ?? flowId}`);
}
