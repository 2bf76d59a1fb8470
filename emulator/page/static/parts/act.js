// A button that does something which takes time. While that is under way it says so, and cannot be pressed again; it
// keeps the focus.
import { html } from "../lib/html.js";
import { useBusy } from "../lib/say.js";

export function Act({ act, children, ...rest }) {
  const [busy, run] = useBusy();
  return html`<button type="button" ...${rest} aria-disabled=${busy ? "true" : null} aria-busy=${busy ? "true" : null} onClick=${() => run(act)}>${children}</button>`;
}
