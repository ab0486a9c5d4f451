/** The table that compares this browser's bits with those of all others. */

import { element } from "./element.ts";

let isSame = true;

/** `found` is undefined where pages may not hash. */
export function showDigest(what: string, found: string | undefined, due: string): void {
  const row = element("#digests", HTMLTableSectionElement).insertRow();
  row.insertCell().textContent = what;
  for (const digest of [found, due]) {
    const code = document.createElement("code");
    code.textContent = digest?.slice(0, 16) ?? "unknown";
    code.title = digest ?? "";
    row.insertCell().append(code);
  }
  row.classList.toggle("differs", found !== due);
  isSame &&= found === due;
  element("#digest", HTMLElement).textContent =
    found === undefined
      ? "Pages without HTTPS cannot compute digests."
      : isSame
        ? "Each bit is as it must be."
        : "This browser does not compute the bits that it must.";
}
