// The board: flows as cards in the lane where they are, the one that moved last on top.
import { html, useRef } from "../lib/html.js";
import { useLive, useNow } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { listed } from "../lib/order.js";
import { filter, link } from "../lib/route.js";
import { LANES, LOADING } from "../lib/words.js";
import { Card } from "../parts/card.js";
import { Comparing, useChosen } from "../parts/chosen.js";
import { CLEAR, Filters, wanted } from "../parts/filters.js";
import { FirstStep } from "../parts/first.js";
import { List } from "../parts/list.js";
import { NewRun } from "../parts/fresh.js";
import { useGliding } from "../parts/moving.js";
import { Strip } from "../parts/strip.js";

export function Board({ route }) {
  if (route.query.view === "list") return html`<${Listed} given=${route.query} />`;
  return html`<${Whole} route=${route} />`;
}

// What both ways to look at flows begin with: what they came to, and the filters.
const Top = ({ given }) => html`
  <h1 class="hidden">Board</h1>
  <${Strip} given=${given} />
  <${Filters} given=${given} />
`;

// How the flows are looked at: as cards in lanes, or as a list.
const Ways = ({ given }) => html`
  <nav class="ways" aria-label="Show as">
    ${[["", "Lanes"], ["list", "List"]].map(([view, name]) => html`<a key=${name} href=${link("board", "", { ...given, view, offset: "" })} aria-current=${(given.view ?? "") === view ? "true" : null}>${name}</a>`)}
  </nav>
`;

function Whole({ route }) {
  const path = wanted(route.query);
  const { board: whole } = useNow();
  const filtered = useLive(path === "/board" ? "" : path);
  const board = path === "/board" ? whole : filtered.data;
  const total = board ? board.lanes.reduce((sum, lane) => sum + lane.count, 0) : 0;
  return html`
    <${Top} given=${route.query} />
    ${filtered.error && html`<p role="alert" class="bad">${filtered.error.message}</p>`}
    ${!board && !filtered.error && html`<p role="status">${LOADING}</p>`}
    ${board && total === 0 && (path === "/board" ? html`<${FirstStep} />` : html`<${NoMatch} />`)}
    ${board && total > 0 && html`<${Lanes} board=${board} total=${total} given=${route.query} />`}
  `;
}

function Listed({ given }) {
  return html`
    <${Top} given=${given} />
    <div class="above"><span></span><${Ways} given=${given} /></div>
    <${List} given=${given} none=${html`<${NoMatch} />`} />
  `;
}

function NoMatch() {
  return html`<p class="panel none" role="status">No flow matches. <button type="button" onClick=${() => filter(CLEAR)}>Clear the filters</button></p>`;
}

function Lanes({ board, total, given }) {
  const root = useRef(null);
  const shown = board.lanes.flatMap((lane) => lane.cards.map((card) => card.id));
  listed(shown);
  const { picked, pick } = useChosen(shown);
  useGliding(root, board.lanes.map((lane) => [lane.name, lane.cards.map((card) => card.id)]));
  const dropped = board.dropped ? `, and ${plural(board.dropped, "older one")} no longer kept` : "";
  return html`
    <div class="above"><p class="total">${plural(total, "flow")}${dropped}</p><span class="row"><${Comparing} picked=${picked} /><${NewRun} application=${given.application} /><${Ways} given=${given} /></span></div>
    <div class="lanes" ref=${root}>${board.lanes.map((lane) => html`<${Lane} key=${lane.name} lane=${lane} given=${given} picked=${picked} pick=${pick} />`)}</div>
  `;
}

// A lane; an empty one is a rail.
function Lane({ lane, given, picked, pick }) {
  if (lane.count === 0) return html`<section class=${`lane rail lane-${lane.name.toLowerCase()}`} aria-label=${lane.name} data-lane=${lane.name} title=${LANES[lane.name]}><h2>${lane.name} <span class="count">0</span></h2></section>`;
  const more = lane.count - lane.cards.length;
  return html`
    <section class=${`lane lane-${lane.name.toLowerCase()}`} aria-label=${lane.name} data-lane=${lane.name}>
      <h2>${lane.name} <span class="count">${lane.count.toLocaleString("en")}</span></h2>
      <p class="what">${LANES[lane.name]}</p>
      <ol>${lane.cards.map((card) => html`<${Card} key=${card.id} card=${card} picked=${picked} pick=${pick} />`)}</ol>
      ${more > 0 && html`<p class="more">and ${more.toLocaleString("en")} more; <a href=${link("board", "", { ...given, view: "list" })}>list them</a></p>`}
    </section>
  `;
}
