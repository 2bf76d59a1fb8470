// Reaching into a flow: a channel reports a status now; or the flow is stopped.
import { call } from "../lib/api.js";
import { html } from "../lib/html.js";
import { trying } from "../lib/say.js";
import { tone } from "../lib/words.js";
import { Act } from "./act.js";

export function Actions({ flow, refresh }) {
  const path = `/flows/${encodeURIComponent(flow.trackingId)}`;
  const act = (doing, done) => async () => {
    await trying(doing, done);
    refresh();
  };
  const report = (step, channel, status) => act(() => call("POST", `${path}/reports`, { step, status }), `${channel} reported ${status}.`);
  const over = flow.status === "Succeeded" || flow.status === "Failed";
  if (!flow.offers.length && over) return null;
  return html`
    <section class="panel" aria-labelledby="report-now">
      <h2 id="report-now">Report a status now</h2>
      ${flow.offers.map(
        ({ step, channel, statuses }) => html`<div class="row offers" key=${step} role="group" aria-label=${`${channel}, step ${step}`}>
          <b class=${`of-${channel.toLowerCase()}`}>${channel}</b>
          ${statuses.map((status) => html`<${Act} key=${status} class=${tone(status)} act=${report(step, channel, status)}>${status}<//>`)}
        </div>`,
      )}
      ${!over && html`<div class="row"><${Act} class="danger" act=${act(() => call("POST", `${path}/cancel`, { why: "cancelled on the page" }), "The flow was cancelled.")}>Cancel the flow<//></div>`}
    </section>
  `;
}
