import type { Model } from "../gen/colors.js";
import { closest, parseColor } from "./closest.ts";

/** Answers `/?color=3366cc` with the color's name. */
export function answer(request: Request, model: Model): Response {
  const text = new URL(request.url).searchParams.get("color") ?? "";
  if (!/^[0-9a-f]{6}$/i.test(text)) return new Response("?color=3366cc\n", { status: 400 });
  return new Response(`${closest(model, parseColor(`#${text}`))}\n`);
}
