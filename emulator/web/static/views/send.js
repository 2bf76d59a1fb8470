import { html } from "../lib/html.js";
export const Send = () => html`<h1>Send</h1>`;
