// The sink: a receiver of callbacks that the emulator has itself. What it got, and how it answers.
import { call, query } from "../lib/api.js";
import { tellings } from "../lib/changes.js";
import { html } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { link } from "../lib/route.js";
import { root } from "../lib/root.js";
import { trying } from "../lib/say.js";
import { moment } from "../lib/times.js";
import { LOADING, NONE } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { Copy, pretty } from "../parts/code.js";
import { Typed } from "../parts/filters.js";
import { PhoneNumber } from "../parts/number.js";
import { Row, Titles } from "../parts/row.js";

// How the sink can be told to answer, each with a name and what its posters see of it.
const ANSWERS = [
  ["answers 200", {}, "Callbacks are received."],
  ["answers 500", { status: 500 }, "Each attempt is refused, and made again later."],
  ["is slow", { delay: 5 }, "It answers after 5 s, which is too late: the attempt counts as refused."],
  ["is silent", { silent: true }, "It takes a callback and never answers."],
];
const MOST = 500;
const TITLES = ["No.", "Time", "To", "Told", "Flow", "Answered"];
const same = (one, other) => JSON.stringify({ status: 200, delay: 0, silent: false, ...one }) === JSON.stringify(other);

export function Sink({ route }) {
  const { text } = route.query;
  const { data, error, refresh } = useLive(query("/sink/posts", { text, limit: MOST }));
  const tells = tellings(data?.posts ?? []);
  const url = `${root}/_emulator/sink`;
  const change = (answer, words) => async () => {
    await trying(() => call("PUT", "/sink/answer", answer), words);
    refresh();
  };
  return html`
    <h1>Sink</h1>
    <p>Have callbacks go to <code>${url}</code> <${Copy} text=${url} name="the sink's address" />, and see here what a receiver gets.</p>
    ${data && html`<div class="row answers" role="group" aria-label="The sink">
      The sink: ${ANSWERS.map(([name, answer, words]) => html`<${Act} key=${name} aria-pressed=${same(answer, data.answer)} title=${words} act=${change(answer, `The sink ${name}. ${words}`)}>${name}<//>`)}
    </div>`}
    <form class="filters" role="search" aria-label="Filter what the sink got" onSubmit=${(event) => event.preventDefault()}>
      <${Typed} label="Text" name="text" value=${text} placeholder="number, id or body" />
    </form>
    ${error && html`<p role="alert" class="bad">${error.message}</p>`}
    ${!data && !error && html`<p role="status">${LOADING}</p>`}
    ${data && html`<div class="table" role="region" aria-label="What the sink got" tabindex="0">
      <table>
        <${Titles} titles=${TITLES} />
        <tbody>${data.posts.map((each, index) => html`<${Post} key=${each.number} post=${each} told=${tells[index]} />`)}</tbody>
      </table>
    </div>
    <p class="pages">${data.posts.length === 0 ? NONE : data.posts.length === MOST ? "Older ones are not kept." : ""}</p>`}
  `;
}

function Post({ post, told: { to, what, flow } }) {
  const headers = Object.entries(post.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  return html`
    <${Row} name=${`post ${post.number}`} columns=${TITLES.length} more=${() => `${headers}\n\n${pretty(post.body)}`}>
      <td>${post.number}</td>
      <td><time datetime=${post.at}>${moment(post.at)}</time></td>
      <td>${to && html`<${PhoneNumber} number=${to} />`}</td>
      <td>${what}</td>
      <td>${flow && html`<a href=${link("flows", flow)} title=${flow} aria-label=${`flow ${flow}`}>${flow.slice(0, 8)}</a>`}</td>
      <td class=${post.status === null || post.status >= 300 ? "bad" : "good"}>${post.status ?? "not at all"}</td>
    <//>
  `;
}
