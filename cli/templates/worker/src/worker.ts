import { loadSync } from "../gen/colors.js";
import colors from "../gen/colors.wasm";
import { answer } from "./answer.ts";

const model = loadSync(colors);

export default {
  fetch: (request: Request): Response => answer(request, model),
};
