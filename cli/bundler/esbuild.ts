/** What programs import from "glim/esbuild". */

import { glim } from "./glim-plugin.ts";

export type { ModelOptions } from "./glim-plugin.ts";

export default glim.esbuild;
