// A button that puts a scenario in force, or that it is.
import { html } from "../lib/html.js";
import { ACTIVATE, ACTIVE } from "../lib/words.js";
import { Act } from "./act.js";

export function Choose({ name, force, choose }) {
  if (force?.scenario === name) return html`<b class="good">${ACTIVE}</b>`;
  return html`<${Act} act=${() => choose(name)} aria-label=${`${ACTIVATE} ${name}`}>${ACTIVATE}<//>`;
}
