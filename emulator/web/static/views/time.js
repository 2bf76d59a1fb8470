import { html } from "../lib/html.js";
export const Time = () => html`<h1>Time</h1>`;
