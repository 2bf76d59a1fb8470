// All that went over the wire for a flow: its request, the answer, and each callback and reply with its attempts.
import { call } from "../lib/api.js";
import { news } from "../lib/changes.js";
import { html } from "../lib/html.js";
import { trying } from "../lib/say.js";
import { sent, statusOf } from "../lib/sent.js";
import { curlOf } from "../lib/snippets.js";
import { posts } from "../lib/story.js";
import { moment } from "../lib/times.js";
import { RESEND, RESENT, standing } from "../lib/words.js";
import { Act } from "./act.js";
import { Code, Copy, pretty } from "./code.js";

export const resend = (id) => trying(() => call("POST", `/callbacks/${encodeURIComponent(id)}/resend`), RESENT);

export function Traffic({ flow, refresh }) {
  const { path, body, answer } = sent(flow);
  return html`
    <section class="panel traffic" aria-labelledby="traffic">
      <h2 id="traffic">Over the wire</h2>
      <${Message} name=${`Request: POST ${path}`} told=${flow.request.campaign && "as this message of a campaign would be asked for by itself"} body=${JSON.stringify(body)} />
      <${Answered} flow=${flow} spoilt=${answer} />
      ${flow.callbacks.length === 0 && html`<p>No callback yet${flow.request.callback ? "" : "; the request asked for none"}.</p>`}
      ${posts(flow).map((post) => html`<${Post} key=${post.id} post=${post} refresh=${refresh} />`)}
    </section>
  `;
}

// The answer, as the client got it. What a scenario sends in place of its body is not kept.
function Answered({ flow, spoilt }) {
  const status = statusOf({ answer: spoilt });
  if (!status) return html`<p>No response: the connection was closed, spoilt by ${spoilt.rule}.</p>`;
  if (spoilt?.replaced) return html`<p>Response: ${status}, its body replaced by ${spoilt.rule}.</p>`;
  return html`<${Message} name=${`Response: ${status}`} told=${spoilt?.truncated ? `it broke off, spoilt by ${spoilt.rule}` : ""} body=${flow.response} />`;
}

function Message({ name, told, body, curl, children }) {
  return html`
    <details>
      <summary>${name}${told && html` · <b>${told}</b>`}</summary>
      ${children}
      ${curl && html`<p><${Copy} text=${curl} name=${`${name} as curl`}>Copy as curl<//></p>`}
      <${Code} text=${pretty(body)} raw=${body} name=${name} />
    </details>
  `;
}

function Post({ post, refresh }) {
  const again = async () => {
    await resend(post.id);
    refresh();
  };
  return html`
    <${Message} name=${`${post.name} to ${post.url}: ${standing(post)}`} told=${post.reply || post.resends ? "" : news(post.before, post.body)} body=${post.body} curl=${curlOf(post)}>
      <${Attempts} attempts=${post.attempts} next=${post.next} />
      <p><${Act} act=${again}>${RESEND}<//></p>
    <//>
  `;
}

export function Attempts({ attempts, next }) {
  return html`
    <ol class="attempts">
      ${attempts.map((tried, index) => html`<li key=${index} class=${tried.outcome === "received" ? "good" : "bad"}>${moment(tried.at)}: ${tried.status || tried.outcome}${tried.answer ? ` — ${tried.answer}` : ""} <small>${tried.ms} ms</small></li>`)}
      ${next && html`<li>next at ${moment(next)}</li>`}
    </ol>
  `;
}
