import { html } from "../lib/html.js";
export const Callbacks = () => html`<h1>Callbacks</h1>`;
