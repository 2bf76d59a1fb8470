// What the recipient has answered to a message, each with what came of it where it was posted.
import { html } from "../lib/html.js";
import { visible } from "../lib/words.js";

export const Replies = ({ replies }) =>
  replies.map((reply, index) => html`<div key=${index} class="bubble mine"><p class="words" dir="auto">${visible(reply.message)}</p></div><p class=${`note reply-note ${reply.tone}`}>${reply.told}</p>`);
