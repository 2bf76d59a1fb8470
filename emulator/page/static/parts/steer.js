// What can be done with a flow: go on in time, send it again, copy its request, and have the next one fail.
import { call, sendFlow } from "../lib/api.js";
import { bearer } from "../lib/bearer.js";
import { html, useState } from "../lib/html.js";
import { link } from "../lib/route.js";
import { say, trying } from "../lib/say.js";
import { EDITABLE, idOf, sent } from "../lib/sent.js";
import { ms } from "../lib/times.js";
import { FAILURES } from "../lib/words.js";
import { Act } from "./act.js";
import { move, useTime } from "./clock.js";
import { CopyAs } from "./copyas.js";

export function Steer({ flow, refresh }) {
  const over = flow.status === "Succeeded" || flow.status === "Failed";
  const { time } = useTime(flow.applicationId);
  const [next] = [flow.nextDue, ...flow.callbacks.map((post) => post.next)].filter(Boolean).sort((one, other) => ms(one) - ms(other));
  const go = (goal) => async () => {
    await move(time.application ?? "", goal);
    refresh();
  };
  const { path, body } = sent(flow);
  return html`
    <section class="steer" aria-label="This flow">
      <div class="row">
        <${Act} disabled=${!next || !time} act=${go({ to: next })} title="Move time to the next thing that happens to this flow">To its next event<//>
        ${!over && html`<${Act} disabled=${!time} act=${go({ flow: flow.trackingId })} title="Move time until this flow has ended">To its end<//>`}
        <${Act} act=${() => again(flow, path, body)}>Send again<//>
        <${Act} act=${() => saved(flow)}>Save as HTML<//>
        ${EDITABLE.includes(path) && html`<a class="button" href=${link("send", "", { flow: flow.trackingId })}>Edit and send</a>`}
      </div>
      <${CopyAs} flow=${flow} />
      <${FailNext} flow=${flow} />
    </section>
  `;
}

const saved = (flow) => trying(async () => (await import("../later/saved.js")).flowFile(flow), "Saved as one HTML file.");

// Send the same bytes once more, as the same application, and go to what comes of it.
async function again(flow, path, body) {
  const answer = await trying(async () => sendFlow(await bearer(flow.applicationId), path, JSON.stringify(body)));
  if (!answer) return;
  const id = answer.status === 200 && idOf(answer.body, path);
  if (!id) return say(`Answered with ${answer.status}: ${answer.body}`, true);
  location.hash = link("flows", id);
  say("Sent again.");
}

function FailNext({ flow }) {
  const channels = [...new Set(flow.request.flow.map((step) => step.type))];
  const [channel, setChannel] = useState(channels[0]);
  const [status, setStatus] = useState("");
  const { to: given } = flow.request.flow.find((step) => step.type === channel);
  const to = flow.phone.findLast((message) => message.channel === channel)?.to ?? given?.phone ?? given;
  const chosen = status || FAILURES[channel][0];
  const fail = () =>
    trying(
      () => call("POST", "/scenario/overrides", { application: flow.applicationId, rules: [{ match: { to }, plan: { [channel]: chosen }, uses: 1 }] }),
      `The next request of ${flow.applicationId} to ${to} comes to ${channel} ${chosen}.`,
    );
  const choose = (event) => {
    setChannel(event.target.value);
    setStatus("");
  };
  return html`
    <details><summary>Make the next one fail</summary>
      <div class="row">
        <label>Channel <select value=${channel} onChange=${choose}>${channels.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
        <label>How <select value=${chosen} onChange=${(event) => setStatus(event.target.value)}>${FAILURES[channel].map((each) => html`<option key=${each} value=${each} selected=${each === chosen}>${each}</option>`)}</select></label>
        <${Act} act=${fail}>Fail the next one to this number<//> <a href=${link("scenarios", "", { application: flow.applicationId })}>Overrides</a>
      </div>
    </details>
  `;
}
