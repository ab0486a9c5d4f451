/** GLIM9xxx: bugs in Glim itself. */

import type { Message } from "../diagnostic.ts";

export const internal = (what: string): Message => ({
  code: "GLIM9001",
  message: `a bug in Glim: ${what}`,
  why: "The program is not to blame; Glim met a situation that its authors had ruled out.",
  fix: "Please report it with the model file, or with what `glim dump` prints for it.",
});
