// What failover was worth: how many flows were sent, reached, rescued and lost, and at what cost. Each number leads to its
// flows. The charts stand beneath.
import { query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { useLive, useNow } from "../lib/live.js";
import { money, percent, plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { CHARTS, COUNTING } from "../lib/words.js";
import { Channels, Receivers, ToDeliver } from "./charts.js";

// The longest rest between two questions, in milliseconds: the emulator's counting gives way to others by itself.
const REST = 2000;
// What chooses flows by what became of them; where and when they were sent is chosen apart from that.
const BECAME = { status: "", rescued: "", webhooks: "" };

export function Strip({ given }) {
  const { application, since, until } = given;
  const { board } = useNow();  // which is shown first: a count takes a while where there are many flows
  const { data, error } = useLive(board ? query("/statistics", { application, since, until }) : "", REST);
  if (!data) return error ? html`<p class="strip waiting" role="status">${error.status ? error.message : COUNTING}</p>` : html`<p class="strip waiting"></p>`;
  if (data.sent === 0) return null;
  return html`
    <section class="strip" aria-label="Statistics">
      <ul>
        <${Number} given=${given} count=${data.sent} name="sent" />
        <${Number} given=${given} count=${data.reached} name=${data.reachedPercent === null ? "reached" : `reached (${percent(data.reachedPercent)})`} look="good" members=${{ status: "Succeeded" }} />
        <${Number} given=${given} count=${data.rescued.flows} name="rescued by failover" look="good" members=${{ rescued: "any" }}>
          ${Object.entries(data.rescued.over).map(([channel, count]) => html` <${Over} key=${channel} given=${given} channel=${channel} count=${count} />`)}
        <//>
        <${Number} given=${given} count=${data.failed} name="failed" look="bad" members=${{ status: "Failed" }} />
        ${data.inProgress > 0 && html`<${Number} given=${given} count=${data.inProgress} name="in progress" members=${{ status: "InProgress" }} />`}
        <${Number} given=${given} count=${data.webhooksFailing} name=${data.webhooksFailing === 1 ? "webhook failing" : "webhooks failing"} look="bad" members=${{ webhooks: "failing" }} />
        <li class="cost"><b>${money(data.cost.amount, data.cost.currency)}</b> <span>${compared(data.cost)}</span></li>
      </ul>
      <details class="figures">
        <summary>${CHARTS}</summary>
        <div class="charts">
          <${Channels} channels=${data.channels} />
          <${ToDeliver} spans=${data.toDeliver} />
          <${Receivers} receivers=${data.receivers} more=${data.moreReceivers} />
        </div>
        ${data.dropped > 0 && html`<p>${plural(data.dropped, "older flow")} no longer kept, and not counted.</p>`}
      </details>
    </section>
  `;
}

const compared = ({ bySms, saved, currency }) =>
  saved === 0 ? "as everything by Sms" : `${money(Math.abs(saved), currency)} ${saved > 0 ? "less" : "more"} than everything by Sms (${money(bySms, currency)})`;

// A number that leads to its flows; while they are shown, back to all.
function Number({ given, count, name, look = "", members = {}, children }) {
  const [shown, to] = toggled(given, members);
  const tone = count > 0 ? look : "";
  return html`<li><a href=${to} aria-current=${shown ? "true" : null}><b class=${tone}>${count.toLocaleString("en")}</b> ${name}</a>${children}</li>`;
}

function Over({ given, channel, count }) {
  const [shown, to] = toggled(given, { rescued: channel });
  return html`<a class=${`over of-${channel.toLowerCase()}`} href=${to} aria-current=${shown ? "true" : null}>${count.toLocaleString("en")} by ${channel}</a>`;
}

function toggled(given, members) {
  const names = Object.keys(members);
  const shown = names.length > 0 && names.every((name) => given[name] === members[name]);
  return [shown, link("board", "", { ...given, ...BECAME, offset: "", ...(shown ? {} : members) })];
}
