// A telephone number, in groups as people write it. Its text is the number without blanks, so that it can be copied
// and found.
import { html } from "../lib/html.js";
import { groups } from "../lib/numbers.js";

export const PhoneNumber = ({ number }) => html`<span class="number">${groups(number).map((each, index) => html`<span key=${index}>${each}</span><wbr />`)}</span>`;
