import { load } from "../gen/colors.js";
import { closest, parseColor } from "./closest.ts";

const model = await load();
const input = document.querySelector<HTMLInputElement>("#color");
const answer = document.querySelector("#answer");

function show(): void {
  if (input && answer) answer.textContent = closest(model, parseColor(input.value));
}

input?.addEventListener("input", show);
show();
