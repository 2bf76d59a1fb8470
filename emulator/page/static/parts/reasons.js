// Why a request was refused, as its sender was told; or, if the sender was told nothing of it, by which rule.
import { html } from "../lib/html.js";
import { statusOf } from "../lib/sent.js";

export function Reasons({ data }) {
  if (!statusOf(data) || data.answer?.replaced) return `spoilt by ${data.answer.rule}`;
  const told = data.developerMessage || data.error_description || data.error || "";
  const where = [...Object.entries(data.properties || {}), ...(data.errors || []).map((each) => [each.errorCode, each.developerMessage])];
  return html`${told}${where.length > 0 && html`<ul>${where.map(([path, why]) => html`<li key=${path}><code>${path}</code> ${why}</li>`)}</ul>`}`;
}
