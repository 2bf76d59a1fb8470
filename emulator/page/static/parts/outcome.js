// The sentence that says why a flow ended as it did, or what it waits for.
import { html } from "../lib/html.js";
import { outcome } from "../lib/outcome.js";

export function Outcome({ flow }) {
  const { tone, head, before, joined, price } = outcome(flow);
  return html`<p class="outcome"><b class=${tone}>${head}</b>${before && `${joined}${before}`}. <span class="cost">${price}</span></p>`;
}
