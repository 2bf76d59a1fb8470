// Text to read and to copy: JSON, a scenario, a command.
import { html } from "../lib/html.js";
import { say } from "../lib/say.js";
import { visible } from "../lib/words.js";

async function copy(text, name) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${name}.`);
  } catch {
    say("The browser does not let this page copy; select the text instead.", true);
  }
}

export const Copy = ({ text, name, children = "Copy" }) =>
  html`<button type="button" class="quiet copy" onClick=${() => copy(text, name)} aria-label=${`${typeof children === "string" ? children : "Copy"}: ${name}`}>${children}</button>`;

// `raw` is what is copied, if that is not the text as it is shown.
export function Code({ text, raw = text, name }) {
  return html`<div class="code"><${Copy} text=${raw} name=${name} /><pre tabindex="0" role="region" aria-label=${name}>${text}</pre></div>`;
}

// JSON text on several lines; what is no JSON stays as it is. Signs that don't print are escapes.
export function pretty(text) {
  try {
    return visible(JSON.stringify(typeof text === "string" ? JSON.parse(text) : text, null, 2));
  } catch {
    return visible(text);
  }
}
