/** What programs import from "glim/vite". */

import { glim } from "./glim-plugin.ts";

export type { ModelOptions } from "./glim-plugin.ts";

export default glim.vite;
