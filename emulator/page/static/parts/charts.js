// Charts of our own: bars whose lengths are counts. Each is drawn beside its numbers, which are the text of a table, so that
// everybody can read them; the drawing itself is for the eye alone.
import { html } from "../lib/html.js";
import { percent } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { span } from "../lib/times.js";
import { tone } from "../lib/words.js";

const WIDE = 100;
const count = (number) => number.toLocaleString("en");

// A bar of parts, each a count and how it looks, out of the most that a bar of the chart may have.
function Bar({ parts, most }) {
  let from = 0;
  const drawn = parts.filter(([number]) => number > 0).map(([number, look]) => {
    const width = (WIDE * number) / Math.max(most, 1);
    const part = html`<rect key=${look} class=${`gauge-${look}`} x=${from} y="0" width=${width} height="10" />`;
    from += width;
    return part;
  });
  return html`<svg class="gauge" viewBox=${`0 0 ${WIDE} 10`} preserveAspectRatio="none" aria-hidden="true" focusable="false">${drawn}</svg>`;
}

// What became of each channel's messages: reached, went on to the next channel, or ended there.
export function Channels({ channels }) {
  const most = Math.max(...channels.map((each) => each.tried));
  return html`
    <div class="chart">
      <h2 id="chart-channels">Channels</h2>
      <div class="table" role="region" aria-labelledby="chart-channels" tabindex="0">
        <table>
          <thead><tr><th scope="col">Channel</th><th scope="col"><span class="hidden">Chart</span></th><th scope="col">Tried</th><th scope="col">Reached</th><th scope="col">Moved on</th><th scope="col">Statuses</th></tr></thead>
          <tbody>${channels.map((each) => html`
            <tr key=${each.channel}>
              <th scope="row" class=${`of-${each.channel.toLowerCase()}`}>${each.channel}</th>
              <td class="drawn"><${Bar} most=${most} parts=${[[each.reached, "good"], [each.movedOn, "going"], [each.tried - each.reached - each.movedOn, "bad"]]} /></td>
              <td>${count(each.tried)}</td><td>${count(each.reached)}</td><td>${count(each.movedOn)}</td>
              <td>${Object.entries(each.statuses).map(([status, number]) => html`<span key=${status} class=${`counted ${tone(status)}`}>${status} ${count(number)}</span> `)}</td>
            </tr>`)}
          </tbody>
        </table>
      </div>
    </div>
  `;
}

// In what time flows were delivered, without the spans at both ends that have none.
export function ToDeliver({ spans }) {
  const first = spans.findIndex((each) => each.flows > 0);
  const last = spans.findLastIndex((each) => each.flows > 0);
  const most = Math.max(...spans.map((each) => each.flows));
  const named = ({ upTo }, index) => (upTo === null ? `over ${span(1000 * spans[index - 1].upTo)}` : `up to ${span(1000 * upTo)}`);
  return html`
    <div class="chart">
      <h2 id="chart-time">Time to deliver</h2>
      ${first < 0 && html`<p>Nothing was delivered yet.</p>`}
      ${first >= 0 && html`<table aria-labelledby="chart-time">
        <thead><tr><th scope="col">Emulated time</th><th scope="col"><span class="hidden">Chart</span></th><th scope="col">Flows</th></tr></thead>
        <tbody>${spans.map((each, index) => index >= first && index <= last && html`
          <tr key=${index}><th scope="row">${named(each, index)}</th><td class="drawn"><${Bar} most=${most} parts=${[[each.flows, "good"]]} /></td><td>${count(each.flows)}</td></tr>`)}
        </tbody>
      </table>`}
    </div>
  `;
}

// How each receiver took its callbacks, the worst first.
export function Receivers({ receivers, more }) {
  return html`
    <div class="chart broad">
      <h2 id="chart-receivers">Receivers</h2>
      ${receivers.length === 0 && html`<p>No callback yet.</p>`}
      ${receivers.length > 0 && html`<div class="table" role="region" aria-labelledby="chart-receivers" tabindex="0"><table>
        <thead><tr>${["Receiver", "", "Received", "Failing", "Given up", "Waiting", "Success", "95 % within"].map((title) => html`<th scope="col" key=${title}>${title || html`<span class="hidden">Chart</span>`}</th>`)}</tr></thead>
        <tbody>${receivers.map((each) => html`
          <tr key=${each.receiver}>
            <th scope="row"><a href=${link("callbacks", "", { text: each.receiver })}>${each.receiver}</a></th>
            <td class="drawn"><${Bar} most=${each.received + each.failing + each.givenUp + each.waiting} parts=${[[each.received, "good"], [each.waiting, "going"], [each.failing + each.givenUp, "bad"]]} /></td>
            <td>${count(each.received)}</td><td>${count(each.failing)}</td><td>${count(each.givenUp)}</td><td>${count(each.waiting)}</td>
            <td class=${each.failing + each.givenUp > 0 ? "bad" : ""}>${percent(each.success)}</td><td>${each.p95 === null ? "" : `${count(each.p95)} ms`}</td>
          </tr>`)}
        </tbody>
      </table></div>`}
      ${more > 0 && html`<p>and ${count(more)} more, which fare better</p>`}
    </div>
  `;
}
