// What those who watch see: the caption, the channels of one flow with what became of each, and the recipient's phone.
import { html, useEffect } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { clock, span, ms } from "../lib/times.js";
import { BECOMES, LANES, ended, rescuedBy, visible } from "../lib/words.js";
import { useTime } from "../parts/clock.js";
import { PhoneNumber } from "../parts/number.js";
import { Phone } from "../parts/phone.js";

const MARKS = { good: "✓", bad: "✗", going: "…", stopped: "■", waiting: "" };

// `id` is the flow's; empty for none. `note` stands where there is no flow yet.
export function Stage({ id, caption, note, show }) {
  const { data, error, refresh } = useLive(id ? `/flows/${encodeURIComponent(id)}` : "");
  const flow = id ? data : null;
  useEffect(() => {
    if (flow && show) show({ application: flow.applicationId });
  }, [flow?.applicationId]);
  return html`
    <div class="stage">
      <div class="stage-main">
        <p class="caption" role="status" aria-live="polite" dir="auto">${caption || note}</p>
        ${error && html`<p role="alert" class="bad">${error.message}</p>`}
        ${flow && html`<${Way} flow=${flow} />`}
      </div>
      ${flow && html`<${Phone} flow=${flow} refresh=${refresh} key=${id} />`}
    </div>
  `;
}

function Way({ flow }) {
  const over = flow.status === "Succeeded" || flow.status === "Failed";
  const steps = [...flow.request.flow].sort((one, other) => one.order - other.order);
  const last = flow.phone.at(-1);
  const won = flow.status === "Succeeded";
  const ending = won && flow.phone.length > 1 ? rescuedBy(last.channel) : LANES[over ? flow.status : last?.channel ?? "Queued"];
  return html`
    <p class="to"><${PhoneNumber} number=${last?.to ?? String(steps[0]?.to ?? "")} /> <${Time} flow=${flow} over=${over} /></p>
    <ol class="way" aria-label="Channels">
      ${steps.map((step, index) => {
        const tried = flow.phone[index];
        const how = tried ? ended(tried.status, over) : "waiting";
        return html`<li key=${index} class=${`stop of-${String(step.type).toLowerCase()} ${how} ${won && how === "good" ? "won" : ""}`}>
          <b><span aria-hidden="true">${MARKS[how]}</span> ${step.type}</b>
          <span>${tried ? BECOMES[tried.status.toLowerCase()] ?? (over ? tried.status : "is tried") : over ? "not needed" : "would be next"}</span>
        </li>`;
      })}
    </ol>
    <p class=${`ending ${over ? (won ? "good" : "bad") : "going"}`}>${ending}${won && flow.phone.length > 1 ? "" : over && flow.why ? `, ${visible(flow.why)}` : ""}</p>
  `;
}

// The time on the flow's clock, and how long it has taken.
function Time({ flow, over }) {
  const { time } = useTime(flow.applicationId);
  const stop = over ? flow.journal.findLast(({ kind }) => kind === "completed" || kind === "cancelled") : null;
  if (!time) return null;
  const at = stop ? ms(stop.at) : time.at;
  return html`<time datetime=${new Date(at).toISOString()} aria-label=${`after ${span(Math.max(0, at - ms(flow.createdAt)))}`}>${clock(at)} <small>+${span(Math.max(0, at - ms(flow.createdAt)))}</small></time>`;
}
