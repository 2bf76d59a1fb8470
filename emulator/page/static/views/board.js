// The board: flows as cards in the lane where they are, the one that moved last on top.
import { html, useRef } from "../lib/html.js";
import { useLive, useNow } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { filter } from "../lib/route.js";
import { LANES, LOADING } from "../lib/words.js";
import { Card } from "../parts/card.js";
import { CLEAR, Filters, wanted } from "../parts/filters.js";
import { FirstStep } from "../parts/first.js";
import { useGliding } from "../parts/moving.js";
import { Strip } from "../parts/strip.js";

export function Board({ route }) {
  const path = wanted(route.query);
  const { board: whole } = useNow();
  const filtered = useLive(path === "/board" ? "" : path);
  const board = path === "/board" ? whole : filtered.data;
  const total = board ? board.lanes.reduce((sum, lane) => sum + lane.count, 0) : 0;
  return html`
    <h1 class="hidden">Board</h1>
    <${Strip} given=${route.query} />
    <${Filters} given=${route.query} />
    ${filtered.error && html`<p role="alert" class="bad">${filtered.error.message}</p>`}
    ${!board && !filtered.error && html`<p role="status">${LOADING}</p>`}
    ${board && total === 0 && (path === "/board" ? html`<${FirstStep} />` : html`<${NoMatch} />`)}
    ${board && total > 0 && html`<${Lanes} board=${board} total=${total} />`}
  `;
}

function NoMatch() {
  return html`<p class="panel none" role="status">No flow matches. <button type="button" onClick=${() => filter(CLEAR)}>Clear the filters</button></p>`;
}

function Lanes({ board, total }) {
  const root = useRef(null);
  useGliding(root, board.lanes.map((lane) => [lane.name, lane.cards.map((card) => card.id)]));
  const dropped = board.dropped ? `, and ${plural(board.dropped, "older one")} no longer kept` : "";
  return html`
    <p class="total"><span>${plural(total, "flow")}${dropped}</span></p>
    <div class="lanes" ref=${root}>${board.lanes.map((lane) => html`<${Lane} key=${lane.name} lane=${lane} />`)}</div>
  `;
}

function Lane({ lane }) {
  const more = lane.count - lane.cards.length;
  return html`
    <section class=${`lane lane-${lane.name.toLowerCase()}`} aria-label=${lane.name} data-lane=${lane.name}>
      <h2>${lane.name} <span class="count">${lane.count.toLocaleString("en")}</span></h2>
      <p class="what">${LANES[lane.name]}</p>
      <ol>${lane.cards.map((card) => html`<${Card} key=${card.id} card=${card} />`)}</ol>
      ${more > 0 && html`<p class="more">and ${more.toLocaleString("en")} more; filter or search for them</p>`}
    </section>
  `;
}
