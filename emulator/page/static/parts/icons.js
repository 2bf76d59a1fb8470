// Small drawings, since not every machine has letters for them.
import { html } from "../lib/html.js";

const drawn = (paths) => html`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${paths}</svg>`;

export const PictureIcon = () => drawn(html`<rect x="3" y="4.5" width="18" height="15" rx="2.5" /><circle cx="8.5" cy="9.5" r="1.6" /><path d="M4 17l5-4.5 3.5 3 3-2.5 4.5 4" />`);
export const FileIcon = () => drawn(html`<path d="M7 3h7l4 4v14H7z" /><path d="M14 3v4h4M10 12h5M10 16h5" />`);
export const PhoneIcon = () => drawn(html`<path d="M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5 5l1.5-2 4 1.5v3a1.5 1.5 0 0 1-1.6 1.5A15.5 15.5 0 0 1 5 5.600A1.500 1.500 0 0 1 6.500 4z" />`);
export const SendIcon = () => drawn(html`<path d="M4 12l16-8-5 17-3.500-7z" />`);
