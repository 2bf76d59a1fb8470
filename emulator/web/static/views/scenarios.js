import { html } from "../lib/html.js";
export const Scenarios = () => html`<h1>Scenarios</h1>`;
