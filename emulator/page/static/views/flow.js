// One flow: what happened on one time axis, why, what the recipient has, and all that went over the wire.
import { html, useEffect } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { around } from "../lib/order.js";
import { board, link } from "../lib/route.js";
import { moment } from "../lib/times.js";
import { LOADING, tone } from "../lib/words.js";
import { Actions } from "../parts/actions.js";
import { Copy } from "../parts/code.js";
import { Happened } from "../parts/happened.js";
import { Outcome } from "../parts/outcome.js";
import { PhoneNumber } from "../parts/number.js";
import { Phone } from "../parts/phone.js";
import { Rules } from "../parts/rules.js";
import { Steer } from "../parts/steer.js";
import { Traffic } from "../parts/traffic.js";
import { Trail } from "../parts/trail.js";

export function Flow({ route, show }) {
  const { data: flow, error, refresh } = useLive(`/flows/${encodeURIComponent(route.name)}`);
  const title = flow ? `${recipient(flow)} ${flow.status}` : undefined;
  useEffect(() => {
    if (flow) show({ application: flow.applicationId, title });
  }, [flow?.applicationId, title]);
  if (!flow || error?.status === 404) return html`<h1>Flow</h1><p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p><p><a href=${board()}>Back to the board</a></p>`;
  return html`
    <${Title} flow=${flow} />
    <${Steer} flow=${flow} refresh=${refresh} />
    <div class="flow">
      <div class="flow-main">
        <${Happened} flow=${flow} />
        <${Actions} flow=${flow} refresh=${refresh} />
        <${Rules} flow=${flow} />
        <${Traffic} flow=${flow} refresh=${refresh} />
      </div>
      <${Phone} flow=${flow} refresh=${refresh} />
    </div>
  `;
}

const recipient = (flow) => flow.phone.at(-1)?.to ?? String(flow.request.flow[0]?.to ?? "");

// What sends single messages, by the service that they come from.
const SINGLE = { Sms: "POST /sms", TwoStep: "POST /2step", Viber: "POST /viber", Voice: "POST /voice/conversation" };

function Title({ flow }) {
  const steps = [...flow.request.flow].sort((one, other) => one.order - other.order);
  const over = flow.status === "Succeeded" || flow.status === "Failed";
  const single = SINGLE[flow.originatingService]; // a flow of one step
  const campaign = flow.request.campaign;
  const [before, after] = around(flow.trackingId);
  return html`
    <nav class="back row" aria-label="Around this flow"><a href=${board()}>← Board</a>
      ${before && html`<a rel="prev" href=${link("flows", before)}>Previous flow</a>`}
      ${after && html`<a rel="next" href=${link("flows", after)}>Next flow</a>`}
    </nav>
    <div class="title">
      <h1><${PhoneNumber} number=${recipient(flow)} /> <span class=${`status ${tone(flow.status)}`}>${flow.status}</span></h1>
      <${Trail} channels=${steps.map((step) => step.type)} tried=${flow.phone} over=${over} />
    </div>
    <${Outcome} flow=${flow} />
    <dl class="facts">
      ${single && html`<div><dt>Sent by</dt><dd>${campaign ? `the campaign ${campaign.name}` : single}</dd></div>`}
      ${flow.flowKind && html`<div><dt>Sent by</dt><dd>POST /failover/${flow.flowKind}</dd></div>`}
      ${flow.code && html`<div><dt>Code</dt><dd><code>${flow.code}</code> <${Copy} text=${flow.code} name="the code" /> ${flow.verification && html`<span class=${`status ${tone(flow.verification.status)}`}>${flow.verification.status}</span>`}</dd></div>`}
      ${flow.originatingService === "FailoverOtp" && html`<div><dt>Sent by</dt><dd>POST /failover-otp/otp/send-failover</dd></div>`}
      <div><dt>Id</dt><dd><code>${flow.trackingId}</code> <${Copy} text=${flow.trackingId} name="the id" /></dd></div>
      <div><dt>Application</dt><dd>${flow.applicationId}</dd></div>
      <div><dt>Scenario</dt><dd><a href=${link("scenarios", flow.scenario)}>${flow.scenario}</a></dd></div>
      <div><dt>Accepted</dt><dd><time datetime=${flow.createdAt}>${moment(flow.createdAt)}</time></dd></div>
      ${flow.nextDue && html`<div><dt>Next</dt><dd><time datetime=${flow.nextDue}>${moment(flow.nextDue)}</time></dd></div>`}
    </dl>
  `;
}
