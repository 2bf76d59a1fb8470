// A callback or a reply beside what caused it: quiet if it was received at once, else with the last attempt in words. Opened,
// it has all attempts, and what it tells that the one before did not.
import { changes, news } from "../lib/changes.js";
import { html } from "../lib/html.js";
import { STANDING, standing } from "../lib/words.js";
import { Attempts } from "./traffic.js";

const MARK = { received: "✓", refused: "✗", "given up": "✗" };

export function Told({ post, tries }) {
  const how = standing(post);
  const last = post.attempts.at(-1);
  const answer = post.attempts.length > 1 ? `${how}, ${post.attempts.length} attempts` : last?.status ? `${last.status}, ${last.ms} ms` : how;
  return html`
    <div class=${`told ${how === "received" ? "" : "loud"}`}>
      <details><summary class=${STANDING[how]}>${post.attempts.map(({ outcome }) => MARK[outcome]).join("") || "○"} ${post.name} <small>${answer}</small></summary>
        <${News} post=${post} />
        <${Attempts} attempts=${post.attempts} next=${post.next} />
      </details>
      ${(how === "failing" || how === "given up") && tries.length > 0 && html`<p class="more">${tries.at(-1).text}</p>`}
    </div>
  `;
}

const value = (each) => (each === undefined ? "gone" : typeof each === "object" && each ? "new" : String(each));

// What a post tells anew.
export function News({ post }) {
  if (post.reply) return null;
  if (post.resends) return html`<p class="news">The same again.</p>`;
  if (!post.before) return html`<p class="news">Tells: ${news("", post.body)}</p>`;
  return html`
    <div class="news"><p>Differs from the one before in:</p>
      <ul>${changes(post.before, post.body).map(({ path, was, is }) => html`<li key=${path}><code>${path}</code> ${was === undefined ? "" : html`<del>${value(was)}</del> `}<ins>${value(is)}</ins></li>`)}</ul>
    </div>
  `;
}
