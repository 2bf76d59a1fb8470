// What happened to a flow: on a time axis, and as a list. What is pointed at in one is marked in the other.
import { html, useState } from "../lib/html.js";
import { Axis } from "./axis.js";
import { Events } from "./events.js";

export function Happened({ flow }) {
  const [lit, light] = useState(0);
  const at = ({ target }) => Number(target.closest("[data-at]")?.dataset.at ?? 0);
  const over = (event) => light(at(event));
  const find = (event) => event.target.closest(".axis [data-at]") && document.querySelector(`.events [data-at="${at(event)}"]`)?.scrollIntoView({ block: "center" });
  return html`
    <section class="panel" aria-labelledby="time-of-flow" onPointerOver=${over} onPointerLeave=${() => light(0)} onClick=${find}>
      <h2 id="time-of-flow">What happened</h2>
      <${Axis} flow=${flow} lit=${lit} />
      <${Events} flow=${flow} lit=${lit} />
    </section>
  `;
}
