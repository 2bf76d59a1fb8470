// All that happened to a flow, in the journal's words, with the time since it was accepted and since the row before.
import { html } from "../lib/html.js";
import { rows } from "../lib/story.js";
import { clock, day, ms, span } from "../lib/times.js";
import { tone } from "../lib/words.js";

export function Events({ flow }) {
  const begin = ms(flow.createdAt);
  const at = (when) => (day(when) === day(begin) ? clock(when) : `${day(when)} ${clock(when)}`);
  const shown = rows(flow);
  return html`
    <ol class="events" aria-label="Events">
      ${shown.map(({ entry, post, all, sum }, index) => {
        const since = index ? ms(entry.at) - ms(shown[index - 1].entry.at) : 0;
        return html`<li key=${entry.seq} class=${`event-${entry.kind}`}>
          <time datetime=${entry.at}>${at(ms(entry.at))} <small>+${span(ms(entry.at) - begin)}</small>${since >= 1000 && ms(entry.at) - begin > since && html` <small class="since" title="since the row above">(${span(since)} later)</small>`}</time>
          <span><b class=${look((all ?? [entry]).at(-1))}>${named(entry, post, all)}</b> ${all ? html`<${Many} all=${all} sum=${sum} at=${at} />` : html`<span class="more">${entry.text}</span>`}</span>
        </li>`;
      })}
    </ol>
  `;
}

// The kind of an entry; of an attempt, at what: a callback, or a reply of the recipient.
const named = ({ kind }, post, all) => (kind === "attempt" && post ? `${post.name.toLowerCase()}, ${kind}${all ? "s" : ""}` : kind);

function Many({ all, sum, at }) {
  return html`<details class="more"><summary>${sum}</summary><ol>${all.map((each) => html`<li key=${each.seq}>${at(ms(each.at))} ${each.text}</li>`)}</ol></details>`;
}

// good, bad or going: how an entry looks.
function look({ kind, data }) {
  if (kind === "attempt") return data.outcome === "received" ? "good" : "bad";
  if (kind === "cancelled") return "bad";
  return kind === "ignored" ? "going" : tone(data.status);
}
