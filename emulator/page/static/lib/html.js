// preact, its hooks and htm, joined once: html`<p>${text}</p>` makes elements, and every text in it is only ever text.
import htm from "../vendor/htm.js";
import { h } from "../vendor/preact.js";

export { render, Fragment } from "../vendor/preact.js";
export * from "../vendor/hooks.js";
export const html = htm.bind(h);
