/** What programs import from "glim/webpack". */

import { glim } from "./glim-plugin.ts";

export type { ModelOptions } from "./glim-plugin.ts";

export default glim.webpack;
