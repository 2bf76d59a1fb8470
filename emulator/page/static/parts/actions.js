// Reaching into a flow: a channel reports a status now; or the flow is stopped.
import { call } from "../lib/api.js";
import { html } from "../lib/html.js";
import { trying } from "../lib/say.js";
import { tone } from "../lib/words.js";

export function Actions({ flow, refresh }) {
  const path = `/flows/${encodeURIComponent(flow.trackingId)}`;
  const act = async (doing, done) => {
    await trying(doing, done);
    refresh();
  };
  const report = (step, channel, status) => act(() => call("POST", `${path}/reports`, { step, status }), `${channel} has reported ${status}.`);
  const ended = flow.status === "Succeeded" || flow.status === "Failed";
  if (!flow.offers.length && ended) return null;
  return html`
    <section class="panel" aria-labelledby="report-now">
      <h2 id="report-now">Report a status now</h2>
      ${flow.offers.map(
        ({ step, channel, statuses }) => html`<div class="row offers" key=${step} role="group" aria-label=${`${channel}, step ${step}`}>
          <b class=${`of-${channel.toLowerCase()}`}>${channel}</b>
          ${statuses.map((status) => html`<button type="button" key=${status} class=${tone(status)} onClick=${() => report(step, channel, status)}>${status}</button>`)}
        </div>`,
      )}
      ${!ended && html`<div class="row"><button type="button" class="danger" onClick=${() => act(() => call("POST", `${path}/cancel`, {}), "The flow was cancelled.")}>Cancel the flow</button></div>`}
    </section>
  `;
}
