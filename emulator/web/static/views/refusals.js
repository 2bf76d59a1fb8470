import { html } from "../lib/html.js";
export const Refusals = () => html`<h1>Refusals</h1>`;
