// All that happened to a flow, in words, with the time since it was accepted.
import { html } from "../lib/html.js";
import { told } from "../lib/story.js";
import { clock, ms, span, tone } from "../lib/words.js";

export function Events({ flow }) {
  const begin = ms(flow.createdAt);
  return html`
    <ol class="events" aria-label="Events">
      ${told(flow).map(
        (event) => html`<li key=${event.seq} class=${`event-${event.kind}`}>
          <time datetime=${event.at}>${clock(event.when)} <small>+${span(event.when - begin)}</small></time>
          <span><b class=${event.status ? tone(event.status) : event.tone}>${event.text}</b>${event.more && html` <span class="more">${event.more}</span>`}</span>
        </li>`,
      )}
    </ol>
  `;
}
