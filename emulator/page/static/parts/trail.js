// The channels of a flow, in their order: which were tried, how each ended, which is running, which won.
import { html } from "../lib/html.js";
import { tone } from "../lib/words.js";

export const MARKS = { good: "✓", bad: "✗", going: "●" };

export function Trail({ channels, tried }) {
  return html`
    <ol class="trail" aria-label="Channels">
      ${channels.map((channel, index) => {
        const step = tried[index];
        const how = step ? tone(step.status) : "waiting";
        return html`<li key=${index} class=${`chip ${channel.toLowerCase()} ${how}`}>
          <span aria-hidden="true">${MARKS[how] || "○"}</span> ${channel}<span class="hidden"> ${step ? step.status : "not tried"}</span>
        </li>`;
      })}
    </ol>
  `;
}
