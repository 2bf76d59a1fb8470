// The emulator's own API, as this page calls it. What it refuses is thrown as Refused, with its words.
import { root } from "./root.js";

const KEY = "control-token";

export class Refused extends Error {
  constructor(status, body) {
    super(body.detail || body.developerMessage || body.error_description || `HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.problems = body.problems || [];
  }
}

export const token = () => localStorage.getItem(KEY) || "";
export const setToken = (text) => localStorage.setItem(KEY, text);

const bearer = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

export async function call(method, path, body, signal) {
  const headers = { ...bearer(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return decoded(await fetch(`${root}/_emulator${path}`, { method, headers, body: sent, signal, cache: "no-store" }));
}

export const get = (path, signal) => call("GET", path, undefined, signal);

// A path with a query of what is not empty.
export function query(path, members) {
  const kept = Object.entries(members).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return kept.length ? `${path}?${new URLSearchParams(kept)}` : path;
}

// A token of the provider's own, as any client gets it.
export async function grant(application, secret) {
  const headers = {
    Authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${application}:${secret}`)))}`,
    "Content-Type": "application/x-www-form-urlencoded",
  };
  const granted = await decoded(await fetch(`${root}/oauth/token`, { method: "POST", headers, body: "grant_type=client_credentials" }));
  return granted.access_token;
}

// A POST of the provider's, as any client sends it: the status and the body of the answer.
export async function sendFlow(bearerToken, path, text) {
  const headers = { Authorization: `Bearer ${bearerToken}`, "Content-Type": "application/json" };
  const answer = await fetch(`${root}${path}`, { method: "POST", headers, body: text });
  const body = await answer.text();
  return { status: answer.status, body };
}

async function decoded(answer) {
  const text = await answer.text();
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    body = { detail: text.slice(0, 300) };
  }
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}
