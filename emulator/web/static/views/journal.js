import { html } from "../lib/html.js";
export const Journal = () => html`<h1>Journal</h1>`;
