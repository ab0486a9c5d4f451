/** What programs import from "glim/rollup". */

import { glim } from "./glim-plugin.ts";

export type { ModelOptions } from "./glim-plugin.ts";

export default glim.rollup;
