// A flow on one time axis: a bar for each step with its statuses, its ttl, and the attempts at its callbacks below.
// Between two moments there is the more room the longer it took, but by its logarithm: a second and a day both fit. A line
// shows the present, while anything is to come.
import { html } from "../lib/html.js";
import { attempts, steps } from "../lib/story.js";
import { clock, ms, span } from "../lib/times.js";
import { NOT_TO_SCALE, tone } from "../lib/words.js";
import { useTime } from "./clock.js";

const BESIDE = 0.3;

// How far apart two words must be, in percent of the axis.
const apart = () => (innerWidth < 900 ? 28 : 9);

// Where each moment is, in percent. Times that are only of attempts at callbacks get less room than the flow's own,
// and next to none right after one: a mark stands below what it belongs to.
export function scale(own, others) {
  const moments = [...new Set([...own, ...others])].sort((one, other) => one - other);
  const places = [0];
  for (let index = 1; index < moments.length; index += 1) {
    const longer = Math.log2(1 + (moments[index] - moments[index - 1]) / 1000);
    places.push(places[index - 1] + (own.includes(moments[index]) ? 1 + longer : BESIDE * longer));
  }
  const length = places[places.length - 1] || 1;
  const part = (place) => (100 * place) / length;
  const at = new Map(moments.map((moment, index) => [moment, part(places[index])]));
  return { moments, of: (moment) => at.get(moment) ?? part(within(moment, moments, places)) };
}

// The place of a time between two moments, by the same law.
function within(when, moments, places) {
  const next = moments.findIndex((moment) => moment > when);
  if (next < 1) return next < 0 ? places[places.length - 1] : 0;
  const [from, to] = [moments[next - 1], moments[next]];
  const share = Math.log2(1 + (when - from) / 1000) / Math.log2(1 + (to - from) / 1000);
  return places[next - 1] + share * (places[next] - places[next - 1]);
}

export function Axis({ flow, lit = 0 }) {
  const rows = steps(flow);
  if (!rows.length) return null;
  const tries = attempts(flow);
  const live = flow.status === "Queued" || flow.status === "InProgress";
  const last = rows[rows.length - 1];
  const ahead = live ? [last.ttl, ms(flow.nextDue)].filter(Boolean) : [];
  const ends = rows.map((row, index) => rows[index + 1]?.began ?? (live ? Math.max(...ahead, row.began) : Math.max(row.began, ...row.marks.map((mark) => mark.at))));
  const own = [...rows.flatMap((row) => [row.began, ...row.marks.map((mark) => mark.at)]), ...ends, ...ahead];
  const waiting = flow.callbacks.filter((post) => post.next).map((post) => ms(post.next));
  const { moments, of } = scale(own, [...tries.map((tried) => tried.when), ...waiting]);
  const begin = moments[0];
  const timed = moments.filter((moment, index) => own.includes(moment) || moment - moments[index - 1] >= 1000);
  return html`
    <div class="axis" aria-hidden="true"><div class="axis-rows">
      ${rows.map((row, index) => html`<${Bars} key=${row.step} row=${row} end=${ends[index]} of=${of} begin=${begin} lit=${lit} open=${live && index === rows.length - 1} />`)}
      ${tries.length + waiting.length > 0 && html`<div class="axis-row"><span class="axis-name">Callbacks</span><span class="axis-line">
        ${tries.map((tried, index) => html`<span key=${index} class=${`mark post ${tried.good ? "good" : "bad"} ${tried.when === lit ? "lit" : ""}`} data-at=${tried.when} style=${{ left: `${of(tried.when)}%` }} title=${`attempt ${tried.attempt}: ${tried.status || tried.outcome}, ${clock(tried.when)}`}>${tried.good ? "✓" : "✗"}</span>`)}
        ${waiting.map((when, index) => html`<span key=${`next-${index}`} class="mark post going" style=${{ left: `${of(when)}%` }} title=${`next attempt: ${clock(when)}`}>○</span>`)}
      </span></div>`}
      <${Ticks} moments=${timed} of=${of} named=${(moment) => (moment === begin ? clock(moment) : `+${span(moment - begin)}`)} />
      ${ahead.length + waiting.length > 0 && html`<${Present} application=${flow.applicationId} of=${of} />`}
    </div><p class="scale">${NOT_TO_SCALE}</p></div>
  `;
}

function Present({ application, of }) {
  const { time } = useTime(application);
  return time && html`<div class="axis-over"><span class="present" style=${{ left: `${of(time.at)}%` }}><span>now</span></span></div>`;
}

// The times below.
export const Ticks = ({ moments, of, named }) => html`<div class="axis-row axis-times"><span class="axis-name"></span><span class="axis-line">
  ${spaced(moments, of).map((moment) => html`<span key=${moment} class="tick" style=${{ left: `${of(moment)}%` }}>${named(moment)}</span>`)}
</span></div>`;

// The bar of a step, with its statuses.
export function Bars({ row, end, of, begin, open, lit = -1 }) {
  const left = of(row.began);
  const named = new Set(spaced(row.marks.map((mark) => mark.at), of));
  const winner = row.marks.find((mark) => tone(mark.status) === "good");
  return html`
    <div class=${`axis-row of-${row.channel.toLowerCase()}`}>
      <span class="axis-name">${row.channel}${winner ? " ★" : ""}</span>
      <span class="axis-line">
        <span class=${`bar ${open ? "open" : ""}`} style=${{ left: `${left}%`, width: `${Math.max(0.5, of(end) - left)}%` }}></span>
        ${row.marks.map((mark, index) => html`<span key=${index} class=${`mark ${tone(mark.status)} ${mark.at === lit ? "lit" : ""}`} data-at=${mark.at} style=${{ left: `${of(mark.at)}%` }} title=${`${mark.status}, +${span(mark.at - begin)}`}>${named.has(mark.at) && html`<span class=${`mark-name ${of(mark.at) < 5 ? "first" : ""}`}>${mark.status}</span>`}</span>`)}
        ${open && row.ttl !== null && html`<span class="ttl" style=${{ left: `${of(row.ttl)}%` }}><span>ttl</span></span>`}
      </span>
    </div>
  `;
}

// Those of some moments that can be named without their words overlapping: the last, and as many before as have room.
function spaced(moments, of) {
  const kept = [];
  for (const moment of [...moments].reverse()) {
    if (!kept.length || of(kept[0]) - of(moment) >= apart()) kept.unshift(moment);
  }
  return kept;
}
